{% import_json 'reactor/values.json' as values %}
a:
  runner.test.arg: [{a: {{ values.a }}, b: {{ values.b|join('+') }}, c: {{ values.c }}}]
