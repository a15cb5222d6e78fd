a:
  local.test.ping:
    - tgt: x
    - require:
      - b
b:
  local.test.ping:
    - tgt: y
    - require:
      - c
c:
  runner.test.arg: []
