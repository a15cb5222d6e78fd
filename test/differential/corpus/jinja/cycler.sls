{% set row = cycler('odd', 'even') %}{% set comma = joiner('-') %}
{% for n in [1, 2, 3] %}
n{{ n }}{{ row.next() }}{{ comma() }}: {runner.test.arg: []}
{% endfor %}
c{{ row.current }}: {runner.test.arg: []}
