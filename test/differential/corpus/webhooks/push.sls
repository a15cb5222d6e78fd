{% set post = data.get('post', {}) %}
{% if data.headers.get('X-Github-Event') == 'push' and post.get('ref', '').endswith('/main') %}
update_{{ post.repository.name }}:
  runner.fileserver.update: []
pull:
  local.git.pull:
    - tgt: 'roles:deploy'
    - tgt_type: grain
    - kwarg:
        cwd: /srv/{{ post.repository.full_name }}
        user: deploy
{% endif %}
