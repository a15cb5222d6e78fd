many:
  local.test.ping:
    - tgt: x
    - names:
      - c
      - a
      - b
