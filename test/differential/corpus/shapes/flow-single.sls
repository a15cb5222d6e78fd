a:
  local.test.kwarg:
    - tgt: x
    - kwarg: {a, b: 1}
    - arg: [a: 1, b]
