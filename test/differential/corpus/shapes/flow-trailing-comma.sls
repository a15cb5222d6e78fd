a:
  local.test.kwarg:
    - tgt: x
    - kwarg: {a: 1, b: 2,}
    - arg: [1, 2,]
