x:
  runner.test.arg:
    - kwarg:
{%- for key in ['yes', 'octal', 'empty', 'tilde', 'exp', 'date', 'version', 't', 'f', 'n', 'i', 'big', 'fl', 'flw', 'small', 'tiny', 'huge', 'colon', 'hash', 'star', 'at', 'pct', 'bang', 'dash', 'dashes', 'comma', 'brace', 'space', 'uni', 'emoji', 'q'] %}
        k{{ loop.index }}: "{{ data[key] }}"
{%- endfor %}
