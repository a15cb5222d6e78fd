go:
  runner.state.orchestrate:
    - args:
      - mods: x
      - pillar:
          a: {{ data.data.count }}
          b: '{{ data.data.count }}'
          c: {{ data.data.enabled|default('unset') }}
          d: "{{ data.data.list|length }} items"
          e: {{ data.data.list }}
          f: {{ data.data.list|map(attribute='name')|join(',') }}
          g: {{ data.data.list|map(attribute='port')|sum }}
          h: {{ data.data.list|selectattr('port', 'equalto', 443)|map(attribute='name')|list }}
          i: {{ data.data.hosts.values()|list }}
          j: {{ data.data.hosts.keys()|sort|first|default('nobody', true) }}
          k: {{ data.data.list|groupby('name')|length }}
