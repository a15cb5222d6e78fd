tools:
  local.pkg.install:
    - tgt: {{ data.id }}
    - names: [zsh, curl, git]
clone:
  local.git.clone:
    - tgt: {{ data.id }}
    - require:
      - local: git
late:
  local.test.ping:
    - tgt: {{ data.id }}
    - order: 5
early:
  local.test.ping:
    - tgt: {{ data.id }}
    - order: 2
    - require:
      - local: late
named:
  local.test.echo:
    - tgt: {{ data.id }}
    - names: [one, two]
    - order: last
first:
  local.test.version:
    - tgt: {{ data.id }}
    - order: 9
    - require:
      - local: named
