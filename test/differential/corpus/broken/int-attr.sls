a: runner.x.{{ 5.real }}
