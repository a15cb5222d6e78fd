a:
  local.test.ping: [{tgt: z}, {order: last}]
b:
  local.test.ping: [{tgt: z}, {order: first}]
c:
  local.test.ping: [{tgt: z}]
d:
  local.test.ping: [{tgt: z}, {order: -1}]
e:
  local.test.ping: [{tgt: z}, {order: {{ data.n }}}]
