{% for user in data.users if user.admin is defined and user.age > 20 %}
{{ user.name }}:
  runner.test.arg: [{i: {{ loop.index }}, n: {{ loop.length }}}]
{% endfor %}
