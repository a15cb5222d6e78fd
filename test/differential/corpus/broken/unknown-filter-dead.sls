{% if false %}{{ data.id|frobnicate }}{% endif %}
a: runner.test.arg
