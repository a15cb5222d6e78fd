jid_plain:
  runner.jobs.lookup_jid:
    - args:
      - jid: {{ data.jid }}
jid_quoted:
  runner.jobs.lookup_jid:
    - args:
      - jid: '{{ data.jid }}'
      - missing: yes
