b:
  local.test.ping:
    - tgt: x
  __note: hello
