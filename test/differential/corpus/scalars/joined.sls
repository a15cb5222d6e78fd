x:
  runner.test.arg:
    - kwarg:
{%- for key in ['yes', 'octal', 'empty', 't', 'n', 'i', 'big', 'flw', 'version', 'uni'] %}
        a{{ loop.index }}: {{ data[key] }}0
        b{{ loop.index }}: 0{{ data[key] }}
        c{{ loop.index }}: {{ data[key] }} {{ data[key] }}
        d{{ loop.index }}: {{ data[key] }}{{ data[key] }}
        e{{ loop.index }}: v{{ data[key] }}
        f{{ loop.index }}: "{{ data[key] }}-{{ data[key] }}"
{%- endfor %}
