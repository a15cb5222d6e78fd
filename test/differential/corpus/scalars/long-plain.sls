x:
  runner.test.arg:
    - kwarg:
        a: this is a long
          plain scalar over
          several lines

          with a blank one
        b: "a quoted one
          that is folded {{ data.id }}

          and has a blank"
        c: 'single
          folded'
        d: {{ data.id }} and
          {{ data.i }}
