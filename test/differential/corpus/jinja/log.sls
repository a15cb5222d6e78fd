{% do salt.log.warning('got ' ~ data.id) %}
{% do salt['log.info']('x') %}
a: runner.test.arg
