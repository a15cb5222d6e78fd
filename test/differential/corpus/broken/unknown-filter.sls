a: runner.test.{{ data.id|frobnicate }}
