many:
  local.test.ping: [{tgt: a}]
  cmd.test.ping: [{tgt: b}]
  local.test.echo: [{tgt: c}]
