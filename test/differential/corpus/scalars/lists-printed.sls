{% set l = ['a', 1, 2.0, None, True, 'it\'s', "q\"", 'x: y', {'k': none}, [1, [2]], (3, 4)] %}
x:
  runner.test.arg:
    - kwarg:
        a: {{ l }}
        b: "{{ l[:3] }}"
        c: {{ l|json }}
        d: {{ l|yaml }}
        e: {{ l[4:6]|string }}
        f: {{ {'a': None, 'b': [None], 5: 'x', True: 1.5} }}
        g: {{ l|length }}
