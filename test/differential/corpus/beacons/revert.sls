{% if data.path is defined %}
revert-file:
  local.state.apply:
    - tgt: {{ data['data']['id'] if 'data' in data else data['id'] }}
    - args:
      - mods: maintain_important_file
      - pillar: {file: "{{ data.path }}", change: {{ data.change }}}
{% endif %}
