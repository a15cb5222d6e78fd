b:
  local.test.ping: [{tgt: "{{ data.id }}"}]
a:
  local.test.ping: [{tgt: x}]
