one:
  local.cmd.run:
    - tgt: a
    - arg: ls -la
two:
  local.cmd.run:
    - tgt: a
    - arg:
      - ls -la
      - 5
      - true
      - null
      - 1.50
      - [x, {y: z}]
