x:
  local.file.write:
    - tgt: '*'
    - args:
      - contents: |
          start
          {% if data.one == 'single' %}
          single
          {% endif %}
          end
