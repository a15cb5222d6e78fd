{#- Restart a service when a check of it (the job `service.status <name>`) says that it is down. Only
    services in the list are restarted. The restart is another function, so this cannot trigger itself. #}
{%- set ours = ['nginx', 'haproxy', 'postgresql'] %}
{%- if data.fun == 'service.status' and data['return'] == false and data.fun_args and data.fun_args[0] in ours %}
restart_service:
  local.service.restart:
    - tgt: {{ data.id }}
    - args:
      - name: {{ data.fun_args[0] }}

restart_service_event:
  runner.event.send:
    - args:
      - tag: acme/service/restarted/{{ data.id }}
      - data:
          service: {{ data.fun_args[0] }}
          check: '{{ data.jid }}'
{%- endif %}
