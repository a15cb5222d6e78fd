{% set ns = namespace(total=0, slow=[]) %}
{% if data['return'] is mapping %}
{% for k, v in data['return']|dictsort %}
  {% if v.duration is defined %}
    {% set ns.total = ns.total + v.duration %}
    {% if v.duration > 10 %}{% set ns.slow = ns.slow + [k] %}{% endif %}
  {% endif %}
{% endfor %}
{% endif %}
durations:
  runner.test.arg:
    - args:
      - total: {{ ns.total }}
      - rounded: {{ ns.total|round(1) }}
      - rounded_int: {{ ns.total|round|int }}
      - slow: {{ ns.slow|length }}
