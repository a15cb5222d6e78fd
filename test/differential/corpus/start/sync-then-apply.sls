sync_all:
  local.saltutil.sync_all:
    - tgt: {{ data.id }}
    - order: 1

refresh_pillar:
  local.saltutil.refresh_pillar:
    - tgt: {{ data.id }}
    - order: 2

apply:
  local.state.apply:
    - tgt: {{ data.id }}
    - order: 3
    - args:
      - mods:
        - base
        - monitoring
      - queue: True
