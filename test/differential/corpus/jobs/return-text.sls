{% if data['return'] is string %}
text:
  runner.test.arg:
    - args:
      - trimmed: {{ data['return'].strip() }}
{% endif %}
