many:
  runner.event.send:
    - names:
      - one:
        - tag: t/1
        - data: {a: 1}
      - two:
        - tag: t/2
      - three
    - data: {a: 0}
