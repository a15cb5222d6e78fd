yes:
  local.test.ping:
    - tgt: x
