export { decodeBatch, encodeBatch } from './codec/batch.ts';
export { isMapBytes, mapFault } from './codec/check.ts';
export { encodeEvents, packData, packValue, unpackData, unpackValue } from './codec/data.ts';
export { type ConnectBusOptions, connectBus } from './events/client.ts';
export {
  type EventServer,
  type EventServerStatus,
  type ServeEventsOptions,
  serveEvents,
} from './events/server.ts';
export { type ConnectLinkOptions, connectLink } from './link/client.ts';
export { serveMetrics } from './link/metrics-verb.ts';
export { type BindLinkOptions, bindLink } from './link/server.ts';
export { ensureSocketFolder, type SocketName, socketPath } from './link/sockets.ts';
export { type MemoryBusOptions, memoryBus } from './memory/bus.ts';
export { type MemoryLogOptions, memoryLog } from './memory/log.ts';
export {
  connectSaltApi,
  LoginRefusal,
  type SaltApi,
  type SaltApiCredentials,
  type SaltApiOptions,
  type SaltApiPlace,
  type SaltApiReader,
  SaltApiRefusal,
  type SaltApiSession,
} from './salt-api/index.ts';
export {
  encodeSaltFrame,
  eventOf,
  FrameSplitter,
  fireSaltEvents,
  masterSockets,
  minionSockets,
  readSaltEvents,
  type SaltEvent,
  type SaltFiring,
  type SaltFrame,
  type SaltFraming,
  type SaltReader,
  type SaltReaders,
  type SaltSockets,
  SaltStreamFault,
  type ServedSaltSockets,
  saltBody,
  serveSaltSockets,
} from './salt-ipc/index.ts';
export { connectSaltRequests, type SaltRequestOptions, type SaltRequests } from './salt-request/pool.ts';
export { fingerprint, isKey, type KeyPair, newKeyPair, proof, sameSecret } from './security/keys.ts';
export { type ZapAuthenticator, type ZapOptions, zapAuthenticator } from './security/zap.ts';
export type {
  BusInfo,
  BusMessage,
  EventBus,
  HeadFor,
  LinkClient,
  LinkHandler,
  LinkRequest,
  LinkServer,
  LinkStatus,
  PublishAck,
  SubscribeOptions,
  Subscription,
} from './types.ts';
