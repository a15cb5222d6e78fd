ping:
  local:
    - test.ping
    - tgt: '*'
other:
  runner:
    - tgt: nobody
    - fileserver.update
