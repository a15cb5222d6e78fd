x:
  local.test.arg:
    - tgt: '*'
    - a: {{ tag | json }}{{ data.gone | default('') }}
    - b: {{ data.gone | default('') }}{{ tag | yaml_dquote }}
    - c: "{{ 5 | json }} x"
    - d: '{{ tag | json }} x'
    - e: {{ data.gone | default('') }} {{ [tag, 1] | json }} {{ data.gone | default('') }}
    - f: "{{ tag | yaml }}"
    - g: x{{ tag | yaml_encode }}-{{ 5 | json }}
    - h: {{ 5 | json }}
        more
    - i: x {{ ['a', 1] | json }}
