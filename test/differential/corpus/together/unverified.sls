v:
  local.test.ping: {tgt: x}
