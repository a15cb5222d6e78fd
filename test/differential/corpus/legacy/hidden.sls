__x__:
  local.test.ping:
    - tgt: x
b:
  local.test.ping:
    - tgt: x
  __note: hello
  _other:
    - tgt
    - x: y
