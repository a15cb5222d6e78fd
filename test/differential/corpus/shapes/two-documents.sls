a:
  local.test.ping: [{tgt: x}]
---
b:
  local.test.ping: [{tgt: x}]
