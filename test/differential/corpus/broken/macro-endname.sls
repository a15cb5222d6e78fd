{% macro a() %}x{% endmacro a %}
a: runner.x.y
