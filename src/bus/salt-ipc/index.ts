export { eventOf, type SaltEvent } from './event-body.ts';
export { fireSaltEvents, type SaltFiring } from './firing.ts';
export { SaltStreamFault } from './frame-map.ts';
export { FrameSplitter, type SaltFrame } from './frame-splitter.ts';
export {
  encodeSaltFrame,
  type SaltFraming,
  saltBody,
} from './framing.ts';
export { readSaltEvents, type SaltReader } from './reader.ts';
export {
  type SaltReaders,
  type ServedSaltSockets,
  serveSaltSockets,
} from './serve.ts';
export { masterSockets, minionSockets, type SaltSockets } from './socket-names.ts';
