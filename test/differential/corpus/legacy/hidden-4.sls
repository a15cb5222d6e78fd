__rule__: text
b:
  local.test.ping:
    - tgt: x
