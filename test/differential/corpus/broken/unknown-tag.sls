{% frobnicate %}
a: runner.test.arg
