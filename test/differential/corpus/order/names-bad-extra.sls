many:
  runner.test.arg:
    - names:
      - one: text
