import type { Queue } from './queue.ts';
import type { TraceContext } from './trace-context.ts';

/** Everything that rooms report. Only `telemetry` turns these into log lines and metrics. */
export type TraceEvent =
  | {
      readonly kind: 'process.ready';
      readonly role: string;
      readonly fields: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'process.stopping'; readonly role: string; readonly reason: string }
  | { readonly kind: 'insecure'; readonly setting: string; readonly message: string }
  | { readonly kind: 'bus.published'; readonly count: number }
  | { readonly kind: 'bus.refused'; readonly count: number; readonly code: string }
  | { readonly kind: 'bus.reader.cut'; readonly reader: string; readonly reason: string }
  | { readonly kind: 'bus.gap'; readonly source: string; readonly reason: string }
  | { readonly kind: 'journal.commit'; readonly operations: number; readonly tookMs: number }
  | { readonly kind: 'journal.trimmed'; readonly events: number; readonly upToSeq: number }
  | { readonly kind: 'journal.error'; readonly message: string; readonly code?: string }
  | {
      readonly kind: 'rules.loaded';
      readonly hash: string;
      readonly rules: number;
      readonly files: number;
      readonly problems: number;
    }
  | { readonly kind: 'rules.refused'; readonly problems: number; readonly message: string }
  | {
      readonly kind: 'event.decided';
      readonly event: string;
      readonly tag: string;
      readonly rule: string;
      readonly verdict: string;
      readonly reason: string;
      /** Milliseconds since the log took the event. */
      readonly afterMs?: number;
      readonly traceId?: string;
    }
  | { readonly kind: 'loop.stopped'; readonly event: string; readonly rule: string; readonly depth: number }
  | {
      readonly kind: 'reaction.settled';
      readonly reaction: string;
      readonly jid: string;
      readonly rule: string;
      readonly event: string;
      readonly action: string;
      readonly repeated: boolean;
      readonly attempts: number;
      /** Milliseconds since it was decided. */
      readonly afterMs?: number;
      readonly traceId?: string;
    }
  | {
      readonly kind: 'reaction.retry';
      readonly reaction: string;
      readonly rule: string;
      readonly reason: string;
      readonly message: string;
      readonly attempt: number;
      readonly delayMs: number;
      readonly traceId?: string;
    }
  | {
      readonly kind: 'reaction.dead';
      readonly reaction: string;
      readonly rule: string;
      readonly event: string;
      readonly action: string;
      readonly reason: string;
      readonly message: string;
      readonly attempts: number;
      readonly traceId?: string;
    }
  | { readonly kind: 'canary.passed'; readonly tookMs: number }
  | {
      readonly kind: 'health.changed';
      readonly role: string;
      readonly ready: boolean;
      readonly reason: string;
      /** Stays the same while only numbers in the reason change. */
      readonly cause: string;
    }
  | { readonly kind: 'queues.seen'; readonly role: string; readonly queues: readonly Queue[] }
  | { readonly kind: 'rule.aside'; readonly rule: string; readonly reason: string }
  | { readonly kind: 'rules.slow'; readonly rules: readonly string[]; readonly count: number }
  | {
      readonly kind: 'lookup.answered';
      readonly fun: string;
      /** `ok`, or why there is no value. */
      readonly outcome: string;
      readonly message: string;
      readonly tookMs: number;
    }
  | { readonly kind: 'minion.connected'; readonly id: string }
  | { readonly kind: 'minion.lost'; readonly id: string; readonly reason: string }
  | { readonly kind: 'key.changed'; readonly id: string; readonly act: string }
  | { readonly kind: 'job.published'; readonly jid: string; readonly fun: string; readonly minions: number }
  | { readonly kind: 'jobs.lost'; readonly id: string; readonly count: number; readonly reason: string }
  | {
      readonly kind: 'job.returned';
      readonly jid: string;
      readonly id: string;
      readonly fun: string;
      readonly retcode: number;
      readonly success: boolean;
      /** Milliseconds since the job was published. */
      readonly afterMs?: number;
    }
  | { readonly kind: 'module.problem'; readonly module: string; readonly message: string }
  | { readonly kind: 'master.connected'; readonly master: string }
  | { readonly kind: 'master.lost'; readonly master: string; readonly reason: string }
  | { readonly kind: 'api.login.refused'; readonly user: string; readonly address: string }
  | {
      readonly kind: 'api.hook.refused';
      readonly hook: string;
      readonly address: string;
      readonly reason: string;
    }
  | {
      readonly kind: 'api.answered';
      readonly method: string;
      /** As it is declared, with names for what differs; empty when there is none. */
      readonly route: string;
      readonly status: number;
      readonly tookMs: number;
    }
  | { readonly kind: 'api.reader.cut'; readonly reader: string; readonly reason: string }
  | {
      /** A piece of work that ended, in a trace that is recorded. */
      readonly kind: 'span';
      readonly name: string;
      readonly type: 'server' | 'internal' | 'producer' | 'consumer';
      /** Its own place in the trace. */
      readonly trace: TraceContext;
      /** The span id of what led to it; null where the trace begins. */
      readonly parent: string | null;
      readonly startMs: number;
      readonly endMs: number;
      /** Why it failed; absent when it did not. */
      readonly failed?: string;
      readonly fields: Readonly<Record<string, string | number | boolean>>;
    }
  | { readonly kind: 'spans.lost'; readonly count: number; readonly reason: string }
  | { readonly kind: 'unexpected'; readonly where: string; readonly message: string };
