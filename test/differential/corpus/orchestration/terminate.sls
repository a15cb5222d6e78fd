{% set message = data.data.message %}
{% if message is mapping and message.Event.endswith('TERMINATE') %}
remove_{{ message.EC2InstanceId }}:
  wheel.key.delete:
    - match: '*{{ message.EC2InstanceId }}*'
orch_{{ message.AutoScalingGroupName }}:
  runner.state.orchestrate:
    - mods: orch.asg
    - pillar:
        subnet: {{ message.Details['Subnet ID'] }}
        all: {{ message|json }}
{% endif %}
