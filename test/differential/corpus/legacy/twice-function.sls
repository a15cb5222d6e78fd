a:
  local.test.ping:
    - tgt: x
    - also.this
