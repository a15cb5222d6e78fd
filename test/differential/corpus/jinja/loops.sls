{% for n in data.list %}
{{ loop.index }}-{{ n }}:
  runner.test.arg:
    - kwarg: {first: {{ loop.first }}, last: {{ loop.last }}, rev: {{ loop.revindex }}, rev0: {{ loop.revindex0 }}, len: {{ loop.length }}, cyc: {{ loop.cycle('a', 'b') }}, prev: {{ loop.previtem|default('none') }}, next: {{ loop.nextitem|default('none') }}, depth: {{ loop.depth }}, changed: {{ loop.changed(n > 1) }}}
{% else %}
empty: runner.test.arg
{% endfor %}
