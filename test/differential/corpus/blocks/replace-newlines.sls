x:
  local.file.write:
    - tgt: '*'
    - args:
      - contents: |
          {{ data.pem|replace('\n', '\n          ') }}
