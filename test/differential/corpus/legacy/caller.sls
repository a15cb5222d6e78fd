touch_file:
  caller.file.touch:
    - args: [{{ data.path }}]
other:
  caller.file.touch:
    - args:
      - name: {{ data.path }}
