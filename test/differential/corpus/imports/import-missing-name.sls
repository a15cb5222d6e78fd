{% from 'reactor/plain.jinja' import nothing %}
a: runner.test.arg
