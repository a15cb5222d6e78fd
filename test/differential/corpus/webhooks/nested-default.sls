names:
  runner.test.arg:
    - args:
      - owner: {{ data.post.get('repository', {}).get('owner', {}).get('login', 'nobody') }}
      - id: {{ data.post.repository.owner.id|default(0) if data.post.repository is defined else -1 }}
      - deep: {{ (data.post.repository|default({})).private|default('unset') }}
      - trav: {{ data|traverse('post:repository:owner:id', 'none') }}
      - trav2: {{ data|traverse('post:commits:0:author:name', 'none') }}
