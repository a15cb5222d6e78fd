x:
  local.file.write:
    - tgt: '*'
    - args:
      - contents: |
          {{ data.pem|indent(10) }}
      - json: |
          {{ data.json|json(indent=2)|indent(10) }}
      - again: |
          head
          {{ data.text|indent(10) }}tail
