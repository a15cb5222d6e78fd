{% from 'reactor/plain.jinja' import nothing %}
a_{{ nothing }}: runner.test.arg
