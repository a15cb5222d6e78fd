raise_error:
  runner.error.error:
    - args:
      - name: Exception
      - message: This is an error
