{% for x in 5 %}a: runner.x.y{% endfor %}
