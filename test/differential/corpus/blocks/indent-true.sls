x:
  local.file.write:
    - tgt: '*'
    - args:
      - contents: |
{{ data.pem|indent(10, true) }}
