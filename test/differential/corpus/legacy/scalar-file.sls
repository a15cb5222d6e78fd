local.test.ping
