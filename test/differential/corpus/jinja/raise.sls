{% if data.n %}{{ raise('not today') }}{% endif %}
b: runner.test.arg
