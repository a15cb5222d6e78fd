hosts:
  runner.state.orchestrate:
    - args:
      - mods: hosts
      - pillar:
          hosts:
          {%- for name, ip in data.data.hosts|dictsort %}
            - name: {{ name }}
              ip: {{ ip }}
              index: {{ loop.index0 }}
          {%- else %}
            []
          {%- endfor %}
