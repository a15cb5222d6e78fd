import { fromPlain, type Value } from '../../src/core/index.ts';

/** A typical reactor file of an operations team. */
export const typicalSls = `{% if data['act'] == 'accept' and data['id'].startswith('web') %}
highstate_run:
  local.state.apply:
    - tgt: {{ data['id'] }}
    - args:
      - mods: nginx
      - pillar:
          event_tag: {{ tag }}
          event_data: {{ data | json }}
{% endif %}
`;

/** What the template above yields for the event below, as text: the work that memoising saves. */
export const renderedSls = `
highstate_run:
  local.state.apply:
    - tgt: web1.example.com
    - args:
      - mods: nginx
      - pillar:
          event_tag: salt/key
          event_data: {"_stamp": "2026-11-22T14:35:54.779633", "act": "accept", "id": "web1.example.com", "result": true}
`;

export const typicalData: Value = fromPlain({
  result: true,
  act: 'accept',
  id: 'web1.example.com',
  _stamp: '2026-11-22T14:35:54.779633',
});
