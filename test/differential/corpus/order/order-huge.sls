a:
  local.test.ping: [{tgt: z}, {order: 99999999999999999999}]
b:
  local.test.ping: [{tgt: z}]
