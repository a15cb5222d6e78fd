{% macro m(a, b=2, c=data.id) %}{{ a }}-{{ b }}-{{ c }}-{{ varargs }}-{{ kwargs }}{% endmacro %}
a:
  runner.test.arg:
    - args:
        - a: "{{ m(1) }}"
        - b: "{{ m(1, 3) }}"
        - c: "{{ m(1, c='x') }}"
        - d: "{{ m(1, 2, 3, 4, z=5) }}"
        - e: "{{ m.name }} {{ m.arguments }}"
