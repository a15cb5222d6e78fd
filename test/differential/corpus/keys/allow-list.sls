{%- set allowed = ['ink-01', 'ink-02', 'web-2'] %}
{%- if data.id in allowed and data.get('act') == 'pend' %}
accept_{{ data.id }}:
  wheel.key.accept:
    - args:
        match: {{ data.id }}
        include_denied: False
{%- elif data.id not in allowed %}
reject_{{ data.id }}:
  wheel.key.reject:
    - args:
        match: {{ data.id }}
{%- endif %}
