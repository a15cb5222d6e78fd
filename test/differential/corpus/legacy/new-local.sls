install_zsh:
  local.state.single:
    - tgt: test
    - args:
      - fun: pkg.installed
      - name: {{ data.pkg }}
      - fromrepo: {{ data.repo }}
