a:
  local.cmd.run:
    - tgt: x
    - m: error: disk
