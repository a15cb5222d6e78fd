{#- Accept a pending key when its id and its public key are on the list. An id alone proves nothing: anyone
    may claim it. On a Salt master `pub` is the key in PEM form. #}
{%- set allowed = {
  'web1.example.com': 'rq5f)8h1QyOmF&{.CZ4hK#qTX3vBd0Wn]g/7Ls2A',
  'web2.example.com': 'k2V<sE9xZ(uP1jTn4]GmB7wYc8&aR0dHf3LqX5o:'
} %}
{%- if data.get('act') == 'pend' and data.id in allowed and data.get('pub') == allowed[data.id] %}
accept_key:
  wheel.key.accept:
    - args:
      - match: {{ data.id }}
{%- endif %}
