x:
  runner.test.arg:
    - kwarg:
{%- for key in ['yes', 'no', 'octal', 'zero', 'empty', 'tilde', 'nul', 'exp', 'expf', 'hex', 'bin', 'sexa', 'sexa2', 'under', 'inf', 'neg', 'plus', 'date', 'datetime', 'version', 'ver3', 'eq', 't', 'f', 'n', 'i', 'big', 'fl', 'flw', 'small', 'tiny', 'huge', 'colon', 'url', 'hash', 'amp', 'q', 'dq', 'bs', 'comma', 'space', 'on', 'Off', 'y', 'o8', 'lead', 'under2', 'dot', 'dot5', 'five', 'e', 'e2', 'uni', 'emoji'] %}
        k{{ loop.index }}: {{ data[key] }}
{%- endfor %}
