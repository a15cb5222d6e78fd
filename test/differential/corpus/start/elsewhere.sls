{% if not data.id is defined %}
nobody:
  runner.test.arg:
    - args:
        who: nobody
{% elif data.id|length > 10 %}
long:
  runner.test.arg:
    - args:
        who: {{ data.id|upper }}
{% else %}
short:
  runner.test.arg:
    - args:
        who: {{ data.id|title }}
        n: {{ data.id|length }}
{% endif %}
