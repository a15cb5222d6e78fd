a:
  local.test.ping:
    - tgt: x
    - watch: {local: b}
