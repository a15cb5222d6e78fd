a:
  runner:
    - event.send
    - tag: x
  local.test.ping:
    - tgt: a
