{% if data.id = 'm1' %}a: runner.x.y{% endif %}
