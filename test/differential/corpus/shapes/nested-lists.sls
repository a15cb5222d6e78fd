a:
  local.test.kwarg:
    - tgt: x
    - kwarg:
        m:
        - - 1
          - 2
        - - - 3
        -
          - 4
        - a: 1
          b: 2
        - {c: 3}
