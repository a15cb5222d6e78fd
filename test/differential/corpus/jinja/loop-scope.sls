{% set x = 1 %}
{% for n in data.list %}{% set x = n %}{% endfor %}
x{{ x }}: {runner.test.arg: []}
{% set ns = namespace(x=1, found=false) %}
{% for n in data.list %}{% set ns.x = ns.x + n %}{% if n == 2 %}{% set ns.found = true %}{% endif %}{% endfor %}
ns{{ ns.x }}: {runner.test.arg: [{found: {{ ns.found }}}]}
{% if true %}{% set y = 5 %}{% endif %}
y{{ y }}: {runner.test.arg: []}
