{% if 'a' > 1 %}a: runner.x.y{% endif %}
