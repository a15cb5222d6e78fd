{% if data.post.env is defined %}
set_env:
  local.environ.setenv:
    - tgt: '*'
    - args:
      - environ:
{%- for name, value in data.post.env.items() %}
          {{ name }}: "{{ value }}"
{%- else %}
          NOTHING: "1"
{%- endfor %}
{% endif %}
