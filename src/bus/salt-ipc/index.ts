export { eventOf, type SaltEvent } from './event-body.ts';
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
export { masterSockets, minionSockets, type SaltSockets } from './socket-names.ts';
