many:
  runner.test.arg:
    - names: abc
