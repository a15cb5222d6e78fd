{% macro wrap(id) %}
{{ id }}:
  runner.test.arg:
    - body: "{{ caller(id|upper) }}"
{% endmacro %}
{% call(x) wrap('one') %}{{ x }}!{% endcall %}
{% call(x, y=2) wrap('two') %}{{ x }}{{ y }}{% endcall %}
