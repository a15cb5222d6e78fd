{% set body %}
echo {{ data.id }}
echo two
{% endset %}
x:
  local.cmd.run:
    - tgt: '*'
    - args:
      - cmd: {{ body|json }}
      - raw: |
          {{ body|indent(10) }}
      - trimmed: {{ body.strip().split('\n')|length }}
      - up: {{ body|upper|trim|yaml_dquote }}
