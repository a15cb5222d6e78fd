{% if data.data.message is string %}
{% load_json as message %}{{ data.data.message }}{% endload %}
up_{{ message.instance }}:
  runner.cloud.profile:
    - args:
      - prof: web
      - instances: [{{ message.instance }}]
      - cpu: {{ message.cpu }}
      - zone: {{ message['zone'] }}
{% endif %}
