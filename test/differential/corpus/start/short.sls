update_fileserver: runner.fileserver.update
clear_cache:
  runner.cache.clear_all: []
