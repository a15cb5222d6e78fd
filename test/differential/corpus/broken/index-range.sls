a: runner.x.{{ [1][5] }}
