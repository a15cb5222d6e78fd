a:
  runner.test.arg:
    - x: {{ ''.__class__.__mro__ }}
