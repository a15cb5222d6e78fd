many:
  runner.test.arg:
    - names: [1, 2]
