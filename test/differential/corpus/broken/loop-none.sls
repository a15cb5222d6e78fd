{% for x in none %}a: runner.x.y{% endfor %}
