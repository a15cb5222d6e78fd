many:
  runner.test.arg:
    - names: {{ data.hosts }}
    - order: 10
before:
  runner.test.arg:
    - x: y
