a:
  local.test.ping:
    - tgt: x
    - require:
      - local: b*
b1:
  local.test.ping: [{tgt: y}]
b2:
  local.test.ping: [{tgt: y}]
