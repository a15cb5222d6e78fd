{% include 'reactor/part.sls' %}
b_{{ data.id }}:
  runner.test.arg: []
