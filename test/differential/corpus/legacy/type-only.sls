a:
  runner: []
