d:
  local.test.ping: [{tgt: x}, {order: 1}, {require: [{local: c}]}]
c:
  local.test.ping: [{tgt: x}, {order: 2}, {require: [{local: b}]}]
b:
  local.test.ping: [{tgt: x}, {order: 3}]
a:
  local.test.ping: [{tgt: x}]
