a:
  local.test.ping:
    - tgt: {{ data.id }}
