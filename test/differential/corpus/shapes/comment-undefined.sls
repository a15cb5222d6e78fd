a:
  local.test.ping:
    - tgt: x
    # - x: {{ data.not_there }}
