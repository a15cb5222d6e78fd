many:
  runner.test.arg:
    - names: {a: 1, b: 2}
