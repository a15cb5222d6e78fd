c:
  runner.test.arg:
    - args:
        - has: {{ 'items' in data.nested }}
        - keys: {{ data.nested.get('keys', []) }}
{% if 'items' in data.nested %}
d:
  runner.test.arg:
    - items: {{ data.nested['items'] }}
{% endif %}
