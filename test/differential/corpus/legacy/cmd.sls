install_zsh:
  cmd.state.single:
    - tgt: test
    - expr_form: grain
    - arg: [pkg.installed, zsh]
