{% from 'reactor/uses-data.jinja' import who %}
a_{{ who }}: runner.test.arg
