%YAML 1.1
---
a:
  local.test.ping: [{tgt: yes}]
