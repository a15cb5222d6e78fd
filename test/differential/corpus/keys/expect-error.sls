{% if data['missing']['deeper'] == 1 %}
x:
  runner.test.arg: []
{% endif %}
