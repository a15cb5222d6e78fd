x:
  local.file.write:
    - tgt: '*'
    - folded: >
        {{ data.gone | default('') }}
        one
        {{ data.gone | default('') }}
        two
        {{ data.gone | default('') }}

        three {{ data.gone | default('') }} four
    - literal: |
        {{ data.gone | default('') }}{{ tag }}
          x{{ data.gone | default('') }}y
        {{ data.gone | default('') }}
        {{ tag }}
        {{ data.gone | default('') }}
    - kept: |+
        {{ data.gone | default('') }}
        {{ tag | json }}

    - stripped: >-
        {{ data.gone | default('') }}
        a: b
