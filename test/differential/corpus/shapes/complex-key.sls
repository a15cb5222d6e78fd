a:
  local.test.kwarg:
    - tgt: x
    - kwarg:
        ? [1, 2]
        : list key
