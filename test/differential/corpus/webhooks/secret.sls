{% set headers = data['headers'] %}
{% if headers.get('Authorization', '')[7:] == 's3cr3t' and headers.get('X-Token') == '007' %}
deploy:
  local.state.sls:
    - tgt: {{ data.post.hosts|join(',') }}
    - tgt_type: list
    - args:
      - mods: apps.{{ data.post.app }}
      - pillar:
          version: '{{ data.post.version }}'
          version_plain: {{ data.post.version }}
          build: {{ data.post.build }}
          replicas: {{ data.post.replicas }}
          canary: {{ data.post.canary }}
          notes: {{ data.post.notes }}
          env: {{ data.post.env }}
          hosts: {{ data.post.hosts }}
{% endif %}
