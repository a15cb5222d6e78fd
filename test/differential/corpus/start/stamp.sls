record:
  runner.event.send:
    - args:
      - tag: acme/seen/{{ data.id }}
      - data:
          when: {{ data._stamp }}
          day: {{ data._stamp[:10] }}
          hour: {{ data._stamp[11:13]|int }}
          tag: {{ tag }}
