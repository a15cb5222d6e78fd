z:
  local.test.ping:
    - tgt: x
    - prereq:
      - local: a
a:
  local.test.ping: [{tgt: y}]
