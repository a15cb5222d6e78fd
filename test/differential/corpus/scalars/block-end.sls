{%- if data.id -%}
report:
  local.file.write:
    - tgt: '*'
    - args:
        path: /tmp/report
        args: |
          # of {{ data.id }}
          jid {{ data.id }}
{%- endif -%}
