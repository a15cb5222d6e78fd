import { type Clock, messageOf, type Telemetry, tagify } from '../core/index.ts';
import type { ForMaster } from './local-bus.ts';

/** Tells the master, the first time in the life of this process, that the minion has started. */
export function startEvents(
  id: string,
  clock: Clock,
  forward: (events: readonly ForMaster[]) => Promise<void>,
  telemetry: Telemetry,
): () => void {
  let announced = false;
  return () => {
    if (announced) return;
    announced = true;
    const data = `Minion ${id} started at ${ctime(new Date(clock.nowMs()))}`;
    const tags = [tagify('salt', 'minion', id, 'start'), 'minion_start'];
    forward(tags.map((tag) => ({ tag, data, jid: null }))).catch((error: unknown) => {
      telemetry.emit({ kind: 'unexpected', where: 'minion start event', message: messageOf(error) });
    });
  };
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** C's `ctime` in local time: `Sat Feb  3 10:00:07 2024`. */
export function ctime(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  const day = String(date.getDate()).padStart(2);
  return `${weekdays[date.getDay()] ?? ''} ${months[date.getMonth()] ?? ''} ${day} ${time} ${date.getFullYear()}`;
}
