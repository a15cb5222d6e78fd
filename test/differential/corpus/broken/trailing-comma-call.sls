a: runner.x.{{ dict(a=1,)|length }}
