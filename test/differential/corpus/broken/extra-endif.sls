a: runner.x.y
{% endif %}
