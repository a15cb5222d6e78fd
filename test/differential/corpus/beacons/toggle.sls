{% for key, value in data.items()|sort if key not in ['id', '_stamp'] %}
{{ data.id }}_{{ key }}:
  runner.test.arg:
    - args:
      - key: {{ key }}
      - value: {{ value }}
{% endfor %}
