x:
  runner.test.arg:
    - arg:
      - {{ data.yes }}
      - {{ data.octal }}
      - {{ data.empty }}
      - "{{ data.empty }}"
      - {{ data.n }}
      - {{ data.date }}
      - {{ data.i }}
      - '{{ data.i }}'
      - {{ data.i }}s
    - kwarg: {}
