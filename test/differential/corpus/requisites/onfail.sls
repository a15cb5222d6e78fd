a:
  local.test.ping:
    - tgt: x
    - onfail:
      - local: b
b:
  local.test.ping:
    - tgt: y
