a:
  local.test.kwarg:
    - tgt: x
    - kwarg:
        k: 1
        k: 2
