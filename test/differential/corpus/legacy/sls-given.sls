a:
  local.test.ping:
    - tgt: x
  __sls__: mine
