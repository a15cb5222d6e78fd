a:
  local.test.ping:
    - tgt: x
    - {require: [{local: b}], order: 3}
b:
  local.test.ping: [{tgt: y}]
