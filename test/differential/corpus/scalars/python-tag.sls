x:
  runner.test.arg:
    - kwarg: {a: !!python/object/apply:os.getcwd []}
