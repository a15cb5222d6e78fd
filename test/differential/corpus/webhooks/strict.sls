x:
  runner.test.arg:
    - args:
      - app: {{ data.post.app }}
