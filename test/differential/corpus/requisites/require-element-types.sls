a:
  local.test.ping:
    - tgt: x
    - require:
      - 5
      - [a]
