{% macro m(a) %}{{ a }}{% endmacro %}
a_{{ m(1, 2) }}: runner.test.arg
