maybe:
  local.test.arg:
    - tgt: '*'
    - kwarg:
        pretag: {{ data.pretag }}
        cmd: {{ data.cmd }}
