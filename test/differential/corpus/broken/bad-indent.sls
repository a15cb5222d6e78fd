a:
  local.test.ping:
    - tgt: x
   - arg: y
