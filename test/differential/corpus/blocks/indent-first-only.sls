x:
  local.file.write:
    - tgt: '*'
    - args:
      - contents: {{ data.pem|indent(10)|yaml_dquote }}
      - other: "{{ data.one|indent(4) }}"
