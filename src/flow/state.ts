/** What rules remember from event to event. */
export interface FlowState {
  /** Rules that are set aside, and why. */
  readonly parked: ReadonlyMap<string, string>;
}

export const emptyFlowState: FlowState = { parked: new Map() };

const version = 1;

/** The state as bytes for the journal. */
export function encodeFlowState(state: FlowState): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ version, parked: [...state.parked] }));
}

/** Reads what `encodeFlowState` wrote; undefined when the bytes are something else or of a later version. */
export function decodeFlowState(bytes: Uint8Array): FlowState | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
  const { version: written, parked } = (raw ?? {}) as { version?: unknown; parked?: unknown };
  if (written !== version || !Array.isArray(parked) || !parked.every(isPair)) return undefined;
  return { parked: new Map(parked) };
}

function isPair(item: unknown): item is [string, string] {
  return Array.isArray(item) && item.length === 2 && item.every((part) => typeof part === 'string');
}
