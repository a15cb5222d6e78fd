many:
  wheel.key.list_all: []
  runner.jobs.active: []
  local.test.ping:
    - tgt: '*'
