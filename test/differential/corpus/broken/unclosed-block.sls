{% if data.id %}
a: runner.test.arg
