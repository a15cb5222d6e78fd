many:
  runner.test.arg:
    - names: []
