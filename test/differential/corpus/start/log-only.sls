{% set message = 'minion %s is up at %s'|format(data.id, data['_stamp']) %}
log:
  local.log.info:
    - tgt: monitor1
    - arg:
      - "{{ message }}"
