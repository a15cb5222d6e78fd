store:
  runner.event.send:
    - args:
      - tag: acme/store
      - data: {{ data['return']|json }}
