{% set x = x|default('first') %}
a_{{ x }}: runner.test.arg
