a:
  local.test.kwarg:
    - tgt: x
    - kwarg: { {a: 1}: 2 }
