a:
  local.test.kwarg:
    - tgt: &id {{ data.id }}
    - kwarg: {again: *id, n: &n "{{ data.n }}", nn: *n}
