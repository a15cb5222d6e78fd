{% from './reactor/plain.jinja' import name %}
a_{{ name }}: runner.test.arg
