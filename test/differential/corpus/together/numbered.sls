n:
  local.test.ping: [{tgt: x}, {order: 4}]
