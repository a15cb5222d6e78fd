a:
  runner.test.arg: [{z: 1}]
c:
  runner.test.arg: [{z: 1}]
