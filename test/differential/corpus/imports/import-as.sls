{% import 'reactor/plain.jinja' as plain %}
a:
  runner.test.arg:
    - args: [{name: {{ plain.name }}}, {twice: {{ plain.double(4) }}}]
