x:
  local.test.arg:
    - tgt: "*"
    - arg:
      - |2
        	make
      - |
        a:
        	make
      - >-

        a
	
        b
