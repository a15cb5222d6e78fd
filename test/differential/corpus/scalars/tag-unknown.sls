x:
  runner.test.arg:
    - kwarg: {a: !foo bar}
