a:
  local.test.ping:
    - tgt: *
