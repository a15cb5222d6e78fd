one: &one
  local.test.ping:
    - tgt: {{ data.id }}
two: *one
three:
  local: &args
    - test.version
    - tgt: {{ data.key }}
four:
  local: *args
