a:
  runner.fileserver.update:
