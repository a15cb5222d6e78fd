x:
  runner.test.arg:
    - kwarg:
        {{ data.yes }}: a
        {{ data.octal }}: b
        {{ data.version }}: c
        "{{ data.i }}": d
        {{ data.i }}: e
        {{ data.id }}_x: f
        {{ data.t }}_y: g
        {{ data.n }}: h
