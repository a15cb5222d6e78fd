a:
  local.cmd.run:
    - tgt: "\d+"
