install_zsh:
  local.state.single:
    - tgt: test
    - arg:
      - pkg.installed
      - {{ data.pkg }}
    - kwarg:
        fromrepo: {{ data.repo }}
