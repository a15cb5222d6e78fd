{% if data['1m'] is defined and data['1m']|float > 4 %}
overload:
  runner.event.send:
    - args:
      - tag: acme/load/{{ data.id }}
      - data:
          one: {{ data['1m'] }}
          five: {{ data['5m'] }}
          fifteen: {{ data['15m'] }}
          sum: {{ data['1m'] + data['5m'] }}
          ratio: {{ data['1m'] / data['5m'] }}
          floor: {{ data['1m'] // data['5m'] }}
          power: {{ data['5m'] ** 3 }}
          pct: {{ '%.1f' % (data['1m'] * 100 / 8) }}
{% endif %}
