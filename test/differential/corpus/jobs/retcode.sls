{% if data.get('retcode', 0) != 0 %}
failed_{{ data.jid }}:
  runner.salt.cmd:
    - fun: slack.post_message
    - channel: ops
    - message: "{{ data.fun }} on {{ data.id }} returned {{ data.retcode }}"
{% endif %}
