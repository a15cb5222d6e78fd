/** Which side makes a proof; part of what is proven, so that neither can be used as the other's. */
export type HandshakeRole = 'master' | 'minion';

/**
 * What a proof of the enrol handshake covers. `act` is `hello` in the master's answer to `hello`, empty in the
 * minion's `prove`, and the master's verdict (`accept`, `pend`, …) in its answer to that.
 */
export function enrolParts(
  role: HandshakeRole,
  minionNonce: string,
  masterNonce: string,
  id: string,
  act: string,
): readonly string[] {
  return ['brine enrol 1', role, minionNonce, masterNonce, id, act];
}

/** What the minion's proof in `attached` covers: it binds a connection of the work socket to an id. */
export function attachParts(minionNonce: string, masterNonce: string, id: string): readonly string[] {
  return ['brine attach 1', 'minion', minionNonce, masterNonce, id];
}
