~:
  local.test.ping:
    - tgt: x
