{% set fun_args = data.fun_args %}
again:
  local.{{ data.fun }}:
    - tgt: {{ data.id }}
    - arg: {{ fun_args }}
    - kwarg:
        first: {{ fun_args[0] if fun_args else 'none' }}
        n: {{ fun_args|length }}
