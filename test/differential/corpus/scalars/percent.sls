x:
  runner.test.arg:
    - kwarg:
        a: {{ data.pct }}
