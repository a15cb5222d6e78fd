x:
  runner.test.arg:
    - kwarg:
{%- for key in ['yes', 'octal', 'empty', 't', 'n', 'big', 'flw', 'colon', 'hash', 'star', 'dq', 'bs', 'comma', 'brace', 'space', 'tabbed', 'uni'] %}
        k{{ loop.index }}: '{{ data[key] }}'
{%- endfor %}
