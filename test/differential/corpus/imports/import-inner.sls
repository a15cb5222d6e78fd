{% from 'reactor/outer.jinja' import call_inner %}
a_{{ call_inner() }}: runner.test.arg
