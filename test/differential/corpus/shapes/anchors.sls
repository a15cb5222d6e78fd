base: &base
  local.test.ping: &args
    - tgt: x
other:
  local.test.ping: *args
