a:
  local.test.ping: [{tgt: x}, {onfail: b}]
