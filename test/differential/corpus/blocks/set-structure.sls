{% set args %}
    - tgt: {{ data.id }}
    - ret: smtp
{% endset %}
x:
  local.test.ping:
{{ args }}
