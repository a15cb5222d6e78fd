5:
  local.test.ping:
    - tgt: x
