{% for n in data.list %}
{% if n == 2 %}{% break %}{% endif %}
{% if n == 3 %}{% continue %}{% endif %}
n{{ n }}: {runner.test.arg: []}
{% endfor %}
