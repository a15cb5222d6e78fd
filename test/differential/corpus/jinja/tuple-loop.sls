{% for fun, tgt in (('ping', 'a'), ('version', data.id)) %}
{{ fun }}:
  local.test.{{ fun }}: [{tgt: {{ tgt }}}]
{% endfor %}
{% for name, (a, b) in [('x', (1, 2))] %}
{{ name }}: {runner.test.arg: [{a: {{ a }}, b: {{ b }}}]}
{% endfor %}
