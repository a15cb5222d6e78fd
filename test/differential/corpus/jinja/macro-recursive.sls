{% macro fact(n) %}{{ n * fact(n - 1)|int if n > 1 else 1 }}{% endmacro %}
a{{ fact(5) }}: runner.test.arg
