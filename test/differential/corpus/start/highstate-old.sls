{# brings a fresh minion in line #}
highstate_{{ data['id'] }}:
  cmd.state.highstate:
    - tgt: '{{ data["id"] }}'
