{% for n in range(1, data.data.count + 1) %}
create_{{ '%02d' % n }}:
  runner.cloud.profile:
    - args:
      - prof: {{ data.data.group }}-profile
      - instances:
        - {{ data.data.group }}{{ '%03d'|format(n) }}
{% endfor %}
{% if not data.data.count %}
none: runner.test.stdout_print
{% endif %}
