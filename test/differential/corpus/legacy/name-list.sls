a:
  local.test.ping:
    - tgt: web1
    - name: [web1]
