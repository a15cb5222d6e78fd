{% macro reaction(name, tgt) %}
{{ name }}:
  local.test.ping:
    - tgt: {{ tgt }}
    - n: {{ caller() if caller else 'none' }}
{% endmacro %}
{{ reaction('a', data.id) }}
{{ reaction('b', data.one) }}
{% call reaction('c', 5) %}five{% endcall %}
