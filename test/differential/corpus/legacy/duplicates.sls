a:
  local.test.ping: [{tgt: x}]
a:
  local.test.ping: [{tgt: y}]
