a:
  runner.x.y:
    - args:
      - sign: =
