a:
  runner.test.arg:
    - args:
    {%- for n in [1, 2] %}
      - n{{ n }}: {{ n }}
    {%- endfor %}
    {%+ if true %}
    {% endif +%}
    - b: 2
