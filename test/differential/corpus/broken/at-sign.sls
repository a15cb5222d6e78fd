a:
  local.test.ping:
    - tgt: @all
