{% set msg = data['data']['message'] %}
{%- if msg is mapping %}
{%- set ns = namespace(pairs=[]) %}
{%- for k, v in msg.items() recursive %}
{%- if v is mapping %}{{- loop(v.items()) }}{%- else %}{%- set ns.pairs = ns.pairs + [k ~ '=' ~ v] %}{%- endif %}
{%- endfor %}
flat:
  runner.test.arg:
    - args:
      - pairs: {{ ns.pairs|sort|json }}
{%- endif %}
