a:
  local.test.ping: [{tgt: z}, {order: 2.5}]
b:
  local.test.ping: [{tgt: z}, {order: "2"}]
c:
  local.test.ping: [{tgt: z}, {order: null}]
d:
  local.test.ping: [{tgt: z}, {order: true}]
e:
  local.test.ping: [{tgt: z}, {order: middle}]
f:
  local.test.ping: [{tgt: z}, {order: {{ data.first }}}]
