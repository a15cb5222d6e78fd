a:
  local.test.ping:
    - tgt: x
    - require: b
