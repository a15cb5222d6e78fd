z:
  local.test.ping:
    - tgt: x
    - onchanges:
      - local: zz
zz:
  local.test.ping: [{tgt: y}, {order: 5}]
b:
  local.test.ping: [{tgt: y}, {order: 9}]
