x:
  local.test.arg:
    - tgt: '*'
    - a: "{{ [tag] | json }} "
