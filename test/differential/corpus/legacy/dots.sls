a.b.c:
  runner.one.two.three.four: []
d: runner.x.y.z
