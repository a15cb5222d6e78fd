x:
  local.cmd.run:
    - tgt: '*'
    - arg:
      - |
        echo {{ data.id }}
        echo {{ data.one }}

        exit 0
    - kwarg:
        a: |-
          stripped {{ data.id }}
        b: |+
          kept {{ data.id }}

        c: >
          folded {{ data.id }}
          more

          para
        d: >-
          {{ data.one }}
