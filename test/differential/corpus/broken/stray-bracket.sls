a:
  local.test.ping:
    - tgt: x]
    - b: a]b
    - c: [a]]
