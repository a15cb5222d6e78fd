import type { Cause } from './event.ts';
import { toJson } from './json.ts';
import type { TraceContext } from './trace-context.ts';
import type { Value, ValueMap } from './value.ts';

/** Salt's low chunk: `state`, `fun`, `name`, `__id__`, `order`, then its arguments, in compile order. */
export type LowChunk = ValueMap;

/**
 * One call that a decision asks for. `runner` and `wheel` with `legacy` come from Salt's old argument
 * format: the control plane, which knows the function's signature, picks its parameters from that map.
 */
export type Action =
  | {
      readonly kind: 'local';
      readonly fun: string;
      readonly tgt: Value;
      readonly tgtType: string;
      readonly arg: readonly Value[];
      readonly kwarg: ValueMap;
      readonly ret: string;
      /** Seconds that a caller would wait for returns. */
      readonly timeoutS: number | null;
      readonly metadata: Value | null;
    }
  | {
      readonly kind: 'runner' | 'wheel' | 'caller';
      readonly fun: string;
      readonly arg: readonly Value[];
      readonly kwarg: ValueMap;
      readonly legacy: ValueMap | null;
    }
  | { readonly kind: 'event'; readonly tag: string; readonly data: ValueMap };

/** An action that was decided, with the ids that every attempt of it carries. */
export interface Reaction {
  /** `<event id>.<n>`: the same in every attempt. */
  readonly id: string;
  readonly jid: string;
  readonly cause: Cause;
  readonly depth: number;
  readonly action: Action;
  /** Under the reaction's own span: what it causes goes on from there. */
  readonly trace?: TraceContext;
}

/**
 * How an attempt ended. Whoever executes says whether trying again can help; the dispatcher only obeys.
 * `reason` is from a bounded list, because it becomes a metric label.
 */
export type Outcome =
  | {
      readonly ok: true;
      /** The control plane had this jid already: nothing was done twice. */
      readonly repeated: boolean;
      readonly jid: string;
      readonly detail: Value;
    }
  | {
      readonly ok: false;
      readonly retryable: boolean;
      readonly reason: OutcomeReason;
      readonly message: string;
    };

export type OutcomeReason =
  | 'unreachable'
  | 'timeout'
  | 'refused'
  | 'no-minions'
  | 'unknown-function'
  | 'bad-arguments'
  | 'failed'
  | 'overloaded'
  | 'unsupported';

/** Executes reactions: our master, a Salt master, salt-api. One outcome for each reaction, in order. */
export interface ControlPlane {
  /** With no reactions at all it only shows that the control plane answers. */
  submit(reactions: readonly Reaction[]): Promise<Outcome[]>;
  /** Which of these jobs, or which jobs of these rules, have not ended. Missing where nobody can say. */
  openJobs?(which: {
    readonly jids?: readonly string[];
    readonly rules?: readonly string[];
  }): Promise<OpenJob[]>;
}

/** A job, or a run, that somebody still owes an end. */
export interface OpenJob {
  readonly jid: string;
  readonly rule: string;
  /** Who owes it; empty for what runs on the master. */
  readonly minions: readonly string[];
}

/** One line that says what an action does, for people. */
export function describeAction(action: Action): string {
  switch (action.kind) {
    case 'local':
      return `local ${action.fun} on ${typeof action.tgt === 'string' ? action.tgt : toJson(action.tgt)}`;
    case 'event':
      return `event ${action.tag}`;
    case 'runner':
    case 'wheel':
    case 'caller':
      return `${action.kind} ${action.fun}`;
  }
}
