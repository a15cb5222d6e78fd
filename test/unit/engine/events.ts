import { type Event, type EventHead, fromPlain, isMap } from '../../../src/core/index.ts';

/** An event as the engine gets it, from plain data. */
export function eventOf(tag: string, data: object = {}, head: EventHead = {}): Event {
  const value = fromPlain(data);
  if (!isMap(value)) throw new TypeError('the data of an event is a map');
  return { id: 'testlog0-7', seq: 7, atMs: 1_700_000_000_000, tag, data: value, head };
}

/** The return of a job. */
export function returnOf(id: string, fun: string, more: object = {}): Event {
  const jid = '20240203100010123456';
  const data = {
    cmd: '_return',
    id,
    success: true,
    return: true,
    retcode: 0,
    jid,
    fun,
    fun_args: [],
    ...more,
  };
  return eventOf(`salt/job/${jid}/ret/${id}`, data);
}
