{% if data.body %}
{% set body = data.body|load_json %}
from_body:
  runner.test.arg:
    - args:
      - ref: {{ body.ref }}
      - n: {{ body.n }}
      - n_json: {{ body.n|json }}
      - second: {{ body['n'][1] }}
{% endif %}
