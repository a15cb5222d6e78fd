{% if !data.id %}a: runner.x.y{% endif %}
