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
export { type SaltPub, type SaltPubOptions, serveSaltPub } from './pub-server.ts';
export { type SaltPull, type SaltPullOptions, serveSaltPull } from './pull-server.ts';
export { readSaltEvents, type SaltReader, type SaltReaderOptions } from './reader.ts';
export { masterSockets, minionSockets, type SaltSockets } from './socket-names.ts';
