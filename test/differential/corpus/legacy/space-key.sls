a:
  local.cmd.run it:
    - tgt: x
