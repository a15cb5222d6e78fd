notify_neighbours:
  local.cmd.run:
    - tgt: 'G@roles:lb and not {{ data["id"] }}'
    - tgt_type: compound
    - args:
      - cmd: /usr/local/bin/reload-lb {{ data["id"] }}
      - python_shell: false
