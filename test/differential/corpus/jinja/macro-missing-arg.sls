{% macro m(a) %}{{ a }}{% endmacro %}
a_{{ m() }}: runner.test.arg
