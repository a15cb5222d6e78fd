{% from 'reactor/plain.jinja' import name, double as twice %}
a:
  runner.test.arg:
    - args: [{name: {{ name }}}, {twice: {{ twice(4) }}}]
