{% from 'reactor/map.jinja' import settings with context %}
a:
  local.pkg.install:
    - tgt: {{ settings.target }}
    - args:
      - name: {{ settings.pkg }}
      - n: {{ settings.n }}
