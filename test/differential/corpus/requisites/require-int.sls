a:
  local.test.ping:
    - tgt: x
    - require:
      - local: 5
