a:
  local.test.ping:
    - tgt: web1
  _hidden.x: []
