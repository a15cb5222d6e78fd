{% set a, b = tag.split('/')[1], data.id %}
{% set (c, d) = (1, 2.0) %}
unpack:
  runner.test.arg:
    - args: [{a: {{ a }}}, {b: "{{ b }}"}, {c: {{ c }}}, {d: {{ d }}}]
