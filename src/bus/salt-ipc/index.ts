export { eventOf, type SaltEvent } from './event-body.ts';
export { fireSaltEvents, type SaltFiring, type SaltFiringOptions } from './firing.ts';
export { SaltStreamFault } from './frame-map.ts';
export { FrameSplitter, type SaltFrame } from './frame-splitter.ts';
export {
  encodeSaltFrame,
  framingOf,
  type SaltFraming,
  type SaltWire,
  saltBody,
  saltFrameBytesMax,
} from './framing.ts';
export { readSaltEvents, type SaltReader, type SaltReaderOptions } from './reader.ts';
export {
  type SaltReaders,
  type ServedSaltSockets,
  type ServeSaltSocketsOptions,
  serveSaltSockets,
} from './serve.ts';
export { masterSockets, minionSockets, type SaltSockets } from './socket-names.ts';
