x:
  runner.test.arg:
    - kwarg:
        a: !!str 5
        b: !!str {{ data.i }}
        c: !!int "7"
        d: !!float 3
        e: !!str yes
        f: !!null ''
        g: !!bool "yes"
        h: ! 12
