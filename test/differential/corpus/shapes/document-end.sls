---
a:
  local.test.ping:
    - tgt: x
...
