a:
  local.test.kwarg:
    - tgt: x
    - kwarg:
        one: &one {a: 1}
        two: &two {a: 2, b: 2}
        <<: [*one, *two]
