{% include 'nope.jinja' ignore missing %}
a: runner.test.arg
