{% set v = data.post.get('version', '0.0') %}
{% if v is match('^[0-9.]+$') and v.split('.')|map('int')|list > [1, 9] %}
new_enough:
  runner.test.arg:
    - args:
      - version: {{ v }}
      - major: {{ v.split('.')|first }}
      - parts: {{ v.split('.')|map('int')|list }}
{% endif %}
