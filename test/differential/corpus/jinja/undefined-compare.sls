{% if nope == 1 %}
a: runner.test.arg
{% endif %}
b: runner.test.arg
