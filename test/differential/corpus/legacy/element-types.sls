a:
  local.test.ping:
    - tgt: x
    - 5
    - [a, b]
    - null
    - 1.5
