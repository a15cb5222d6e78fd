a: runner.x.{{ 1 / 0 }}
