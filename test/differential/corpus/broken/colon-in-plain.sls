a:
  local.cmd.run:
    - tgt: x
    - arg:
      - echo: a: b
