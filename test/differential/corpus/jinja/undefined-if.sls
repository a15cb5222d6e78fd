{% if nope %}
a: runner.test.arg
{% endif %}
b: runner.test.arg
