{{ data.n }}:
  local.test.ping:
    - tgt: x
