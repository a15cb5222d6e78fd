show:
  local.test.arg:
    - tgt: '*'
    - arg:
      - |
        a {% include 'reactor/end.txt' %} b
        {% include 'reactor/end.txt' %}
        c
