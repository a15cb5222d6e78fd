go: {runner.state.orchestrate: [{args: [{mods: [a, "{{ data.data.group }}"]}, {pillar: {count: {{ data.data.count }}, hosts: {{ data.data.hosts|tojson }} }}]}]}
