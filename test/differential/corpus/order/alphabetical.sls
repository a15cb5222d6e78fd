zebra:
  local.test.ping: [{tgt: z}]
apple:
  wheel.key.list_all: []
mango:
  local.test.ping: [{tgt: m}]
kiwi:
  cmd.test.ping: [{tgt: k}]
Banana:
  runner.jobs.active: []
