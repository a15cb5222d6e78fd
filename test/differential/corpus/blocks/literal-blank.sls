x:
  local.test.arg:
    - tgt: '*'
    - args:
      - a: |

          lead
      - b: |
          trail


      - c: |
      - d: >

          x
      - e: |
          {{ data.empty }}
      - f: |
          {{ data.one }}
            deeper {{ data.id }}
