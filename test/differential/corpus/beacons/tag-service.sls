{% set name = tag.split('/')[-1] or tag.rstrip('/').rsplit('/', 1)[1] %}
name:
  runner.test.arg:
    - args:
      - name: {{ name }}
      - basename: {{ tag.rpartition('/')[2] }}
      - count: {{ tag.count('/') }}
      - find: {{ tag.find('beacon') }}
