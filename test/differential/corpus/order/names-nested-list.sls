many:
  runner.test.arg:
    - names:
      - [a, b]
      - c
