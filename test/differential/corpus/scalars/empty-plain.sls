x:
  runner.test.arg:
    - kwarg:
        a: {{ data.empty }}
        b: {{ '' }}
        c: {{ none }}
        d: {{ None }}
        e: {{ data.n }}
        f: "{{ none }}"
        g: {{ [] }}
        h: {{ {} }}
        i: {{ () }}
        j: {{ (1,) }}
        k: {{ (1, 'a') }}
        l: {{ true }}
        m: {{ 1.0 }}
        n: {{ 1e3 }}
        o: {{ '1e3' }}
        p: {{ -0.0 }}
