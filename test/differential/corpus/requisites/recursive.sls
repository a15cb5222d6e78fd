a:
  local.test.ping:
    - tgt: x
    - require:
      - local: b
b:
  local.test.ping:
    - tgt: y
    - require:
      - local: a
