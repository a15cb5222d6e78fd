raise_error:
  runner.error.error:
    - name: Exception
    - message: This is an error
