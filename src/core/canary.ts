/** Tags of the events by which the reactor checks the whole way of an event. Readers get them only when they ask. */
export const canaryPrefix = 'brine/canary/';

export function isCanary(tag: string): boolean {
  return tag.startsWith(canaryPrefix);
}
