x:
  runner.test.arg:
    - {{ 'ar' ~ 'gs' }}: "{{ data.text | replace('\n', '') }}"
