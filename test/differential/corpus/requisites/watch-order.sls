one:
  local.test.ping:
    - tgt: x
    - order: 1
    - watch:
      - runner: two
two:
  runner.test.arg:
    - order: 2
three:
  wheel.key.list_all:
    - order: 1
