a:
  local.test.ping:
    - tgt: x
    - require_any:
      - local: b
      - local: c
b:
  local.test.ping: [{tgt: y}]
c:
  local.test.ping: [{tgt: y}]
