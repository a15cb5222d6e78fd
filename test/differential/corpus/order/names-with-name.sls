many:
  runner.test.arg:
    - {name: x, names: [q, r], extra: 1}
