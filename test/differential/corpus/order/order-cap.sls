a:
  local.test.ping: [{tgt: z}, {order: 100}]
b:
  local.test.ping: [{tgt: z}, {order: 50}]
c:
  local.test.ping: [{tgt: z}]
d:
  local.test.ping: [{tgt: z}, {order: last}]
