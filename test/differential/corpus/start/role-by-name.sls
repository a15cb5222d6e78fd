{%- set id = data.id|default('none') -%}
{%- set role = id.split('.')[0].rstrip('0123456789') -%}
set_role:
  local.grains.setval:
    - tgt: {{ id }}
    - args:
      - key: role
      - val: {{ role }}
{%- if role in ['web', 'db'] %}
apply_role:
  local.state.apply:
    - tgt: {{ id }}
    - args:
      - mods: roles.{{ role }}
{%- endif %}
