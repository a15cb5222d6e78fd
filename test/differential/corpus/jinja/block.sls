{% block head %}
a_{{ data.id }}: runner.test.arg
{% endblock %}
{{ self.head() }}
