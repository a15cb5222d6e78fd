__rule__: {on: a}
b:
  local.test.ping:
    - tgt: x
