{% with a = data.id, b = 5 %}
w_{{ a }}_{{ b }}: {runner.test.arg: []}
{% endwith %}
{% with %}{% set c = 1 %}
v_{{ c }}: {runner.test.arg: []}
{% endwith %}
