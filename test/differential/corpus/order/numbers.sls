a:
  local.test.ping: [{tgt: z}, {order: 3}]
b:
  local.test.ping: [{tgt: z}, {order: 1}]
c:
  local.test.ping: [{tgt: z}]
d:
  local.test.ping: [{tgt: z}, {order: 2}]
