{% if data['return'] is string %}
text:
  runner.test.arg:
    - args:
      - squote: {{ data['return']|yaml_squote }}
      - dquote: {{ data['return']|yaml_dquote }}
      - encode: {{ data['return']|yaml_encode }}
      - words: {{ data['return'].split() }}
{% endif %}
