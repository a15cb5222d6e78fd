a:
  local.test.ping:
    - tgt: x
    - require:
      - local.test: b
b:
  local.test.ping: [{tgt: x}]
