n: nodot
z: runner.test.arg
