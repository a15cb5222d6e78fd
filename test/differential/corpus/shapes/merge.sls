{% set x = 1 %}
a:
  local.test.kwarg:
    - tgt: x
    - kwarg: &d {a: 1, b: 2}
b:
  local.test.kwarg:
    - tgt: x
    - kwarg:
        <<: *d
        b: 3
        c: 4
