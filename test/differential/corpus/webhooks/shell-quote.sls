run:
  local.cmd.run:
    - tgt: builder
    - args:
      - cmd: echo {{ data.post.get('app', 'x y')|quote }} > /tmp/app
