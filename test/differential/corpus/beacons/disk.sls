{% if data.diskusage|default(0)|float > 90 %}
clean:
  local.cmd.run:
    - tgt: {{ data.id }}
    - args:
        cmd: |
          set -e
          find {{ data.mount }}/tmp -type f -mtime +3 -delete
          echo "{{ data.diskusage }}% used"
        cwd: {{ data.mount }}
{% endif %}
