{% set args = [1, 2] %}
{% macro m(a, b) %}{{ a }}{{ b }}{% endmacro %}
a: runner.x.y{{ m(*args) }}
b: runner.x.y{{ m(**{'a': 1, 'b': 2}) }}
