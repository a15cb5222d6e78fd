x:
  local.file.write:
    - tgt: '*'
    - args:
      - path: /tmp/x
      - args: |
          {%- for item in data.list %}
          item {{ item }}
          {%- endfor %}
          end
