{% set top = 'T' %}
{% macro m() %}{{ top }}{{ data.id }}{% endmacro %}
a_{{ m() }}: runner.test.arg
