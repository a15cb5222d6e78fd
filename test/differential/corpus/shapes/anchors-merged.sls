one: &one
  local.test.ping:
    - tgt: {{ data.id }}
two:
  <<: *one
