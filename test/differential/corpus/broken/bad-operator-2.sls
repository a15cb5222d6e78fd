{% if data.id && data.n %}a: runner.x.y{% endif %}
