{% set file = 'reactor/' ~ 'plain' ~ '.jinja' %}
{% from file import name %}
a_{{ name }}: runner.test.arg
