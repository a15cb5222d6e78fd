{% set mid = data.get('id', 'unknown') %}
smtp_report:
  local.state.highstate:
    - tgt: "{{ mid }}"
    - ret: smtp
    - timeout: 90
    - metadata:
        who: reactor
        minion: {{ mid }}
