from_base:
  runner.test.arg:
{%- block args %}
    - base: {{ data.n }}
{%- endblock %}
