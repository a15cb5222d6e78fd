{% set failed = [] %}
{% if data['return'] is mapping and data.fun == 'state.apply' %}
{% for key, state in data['return'].items() %}
{% if state.result == False %}{% do failed.append(key.split('_|-')[1]) %}{% endif %}
{% endfor %}
{% endif %}
{% if failed %}
alert:
  runner.event.send:
    - args:
      - tag: acme/failed
      - data:
          minion: {{ data.id }}
          failed: {{ failed }}
          count: {{ failed|count }}
{% endif %}
