x:
  local.test.arg:
    - tgt: "*"
    - arg:
      - |
       	make
