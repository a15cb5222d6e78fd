a:
  local.test.ping:
    - tgt: x
    - require:
      - cmd: b
b:
  cmd.test.ping: [{tgt: y}]
