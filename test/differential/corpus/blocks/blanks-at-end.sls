x:
  local.file.write:
    - tgt: '*'
    - args:
      - deeper: |
          one
            
      - numbered: |2
                one
              
      - folded: >
          one
              
          two
           
      - nothing: |
             
      - lines: |-
          one
    
      - last: |
          {{ tag }}
            