{% if data.id is frobnicated %}{% endif %}
a: runner.test.arg
