{% for a in [1, 2] %}{% set outer = loop %}{% for b in 'xy' %}
n{{ outer.index }}{{ loop.index }}{{ b }}: {runner.test.arg: []}
{% endfor %}{% endfor %}
