a:
  runner.x.y:
    - args: [{a: <<}]
