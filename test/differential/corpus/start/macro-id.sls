{%- macro target(id) -%}
{{ id if id else '*' }}
{%- endmacro -%}
ping:
  local.test.ping:
    - tgt: {{ target(data.id) }}
