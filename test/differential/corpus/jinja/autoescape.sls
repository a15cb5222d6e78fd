a:
  runner.test.arg: [{x: "{{ '<&>' }}"}, {y: "{{ '<&>'|e }}"}, {z: "{{ '<b>'|safe }}"}, {s: "{{ '<b>x</b>'|striptags }}"}]
