a:
  local.test.ping:
    - tgt: x
    - require_in:
      - local: b
b:
  local.test.ping: [{tgt: y}]
