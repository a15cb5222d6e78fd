one:
  local.test.ping:
    - {tgt: a, tgt_type: glob, timeout: 3}
    - {ret: [a, b], order: 7}
