many:
  runner.jobs.active: []
  runner.fileserver.update: []
