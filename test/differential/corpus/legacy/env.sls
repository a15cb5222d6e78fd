a:
  local.test.ping:
    - tgt: x
  __env__: prod
