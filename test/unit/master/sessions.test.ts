import { describe, expect, it } from 'vitest';
import { silentTelemetry } from '../../../src/core/index.ts';
import { Sessions } from '../../../src/master/minions/sessions.ts';
import { FakeClock } from './fake-clock.ts';

function setUp() {
  const clock = new FakeClock();
  let last = 0;
  let changes = 0;
  const sessions = new Sessions({
    clock,
    ids: { jid: () => '', random: () => String((last += 1)), fraction: () => 0 },
    telemetry: silentTelemetry,
    silenceMsMax: 1000,
    onChange: () => {
      changes += 1;
    },
  });
  return { clock, sessions, changes: () => changes };
}

describe('sessions', () => {
  it('are found by their token on their own connection only', () => {
    const { sessions } = setUp();
    const one = sessions.open('web1', 'peer-a');
    expect(sessions.find(one.token, 'peer-a')).toBe(one);
    expect(sessions.find(one.token, 'peer-b')).toBeUndefined();
    expect(sessions.find('', 'peer-a')).toBeUndefined();
  });

  it('give way to a newer one of the same minion', () => {
    const { sessions, changes } = setUp();
    const old = sessions.open('web1', 'peer-a');
    const fresh = sessions.open('web1', 'peer-b');
    expect(sessions.find(old.token, 'peer-a')).toBeUndefined();
    sessions.close(old, 'late');
    expect(sessions.get('web1')).toBe(fresh);
    expect([sessions.ids(), changes()]).toEqual([['web1'], 1]);
  });

  it('end after silence, and any request breaks the silence', () => {
    const { clock, sessions, changes } = setUp();
    const one = sessions.open('web1', 'peer-a');
    sessions.open('web2', 'peer-b');
    clock.advance(900);
    sessions.find(one.token, 'peer-a');
    clock.advance(200);
    sessions.sweep();
    expect([sessions.ids(), changes()]).toEqual([['web1'], 3]);
    sessions.closeAll('stop');
    expect(sessions.count).toBe(0);
  });
});
