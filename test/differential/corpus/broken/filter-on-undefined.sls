a: runner.x.{{ nope|upper }}
