c:
  runner.test.arg:
    - x: {{ data.nope.deeper|default('x') }}
