{#- Make room when the disk beacon says that a disk is nearly full. The command is fixed: nothing from the
    event becomes part of it. Other mounts are only told to people. #}
{%- if data.diskusage is number and data.diskusage > 90 %}
{%- if data.mount in ['/', '/var', '/var/log'] %}
clean_disk:
  local.cmd.run:
    - tgt: {{ data.id }}
    - args:
      - cmd: journalctl --vacuum-size=200M
{%- else %}
tell_disk_full:
  runner.event.send:
    - args:
      - tag: acme/disk/full/{{ data.id }}
      - data:
          mount: {{ data.mount | json }}
          percent: {{ data.diskusage }}
{%- endif %}
{%- endif %}
