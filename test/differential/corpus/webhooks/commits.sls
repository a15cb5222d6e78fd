{% for commit in data.post.get('commits', []) %}
commit_{{ loop.index }}:
  runner.event.send:
    - args:
        tag: acme/commit/{{ commit.id[:7] }}
        data:
          sha: {{ commit.id }}
          short: "{{ commit.id[:7] }}"
          author: {{ commit.author.name|yaml_dquote }}
          email: {{ commit.author.email }}
          files: {{ (commit.added + commit.modified + commit.removed)|json }}
          first_line: {{ commit.message.split('\n')[0]|json }}
          last: {{ loop.last }}
{% endfor %}
