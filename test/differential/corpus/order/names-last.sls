many:
  runner.test.arg:
    - names: [x, y]
    - order: last
other:
  runner.test.arg: [{order: 5}]
