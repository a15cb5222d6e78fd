{#- Escalate a failed job: collect evidence on the minion and send one event. Failures of the evidence jobs
    themselves are left out, or each failure would ask for two more. #}
{%- set quiet = ['status.loadavg', 'disk.usage', 'saltutil.find_job', 'saltutil.running', 'mine.update'] %}
{%- if not data.get('success', true) and data.fun not in quiet %}
escalate_loadavg:
  local.status.loadavg:
    - tgt: {{ data.id }}

escalate_disk:
  local.disk.usage:
    - tgt: {{ data.id }}

escalate_event:
  runner.event.send:
    - args:
      - tag: brine/escalation/{{ data.id }}
      - data:
          minion: {{ data.id }}
          job: '{{ data.jid }}'
          fun: {{ data.fun }}
          retcode: {{ data.get('retcode', 1) }}
          result: {{ data.get('return') | json }}
{%- endif %}
