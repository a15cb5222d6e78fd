a:
  local.test.kwarg:
    - tgt: x
    - kwarg:
        a b c: 1
        -x: 2
        .y: 3
        "z z": 4
        1.5: f
        2: i
        on: t
