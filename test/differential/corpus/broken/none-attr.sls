a: runner.x.{{ none.x }}
