x:
  local.file.write:
    - tgt: '*'
    - args:
      - contents: |2
            two more
          {{ data.id }}
