{% block a %}x: runner.x.y{% endblock a %}
