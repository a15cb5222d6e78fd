a:
  local.test.ping:
    - tgt: *nothing
