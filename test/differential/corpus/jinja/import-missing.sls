{% import 'nope.jinja' as nope %}
a: runner.test.arg
