u:
  local.test.ping: [{tgt: "{{ nope }}"}]
