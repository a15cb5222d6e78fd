many:
  runner.test.arg:
    - names: [a, a, b]
    - names: [b, c]
