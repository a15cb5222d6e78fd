a:
  local.test.ping:
    - tgt: web1
    - state: [runner]
