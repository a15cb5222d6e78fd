a:
  local.test.ping:
    - tgt: x
    - 5: y
    - kwarg: {1: a, true: b, null: c, 1.5: d}
