a: runner.x.{{ {[1]: 2} }}
