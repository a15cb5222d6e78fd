/** What the minion and the worker of one operator's module say to each other. Everything is plain data. */
export type ToWorker =
  | {
      readonly kind: 'call';
      readonly number: number;
      readonly name: string;
      readonly args: readonly unknown[];
      readonly keywords: Readonly<Record<string, unknown>> | null;
    }
  | {
      readonly kind: 'answer';
      readonly number: number;
      readonly ok: boolean;
      readonly value: unknown;
    }
  | { readonly kind: 'grains'; readonly grains: unknown }
  | { readonly kind: 'ping'; readonly number: number };

export type FromWorker =
  | {
      readonly kind: 'ready';
      readonly virtualName: string | null;
      readonly functions: readonly ExportedFunction[];
    }
  | { readonly kind: 'broken'; readonly message: string }
  | { readonly kind: 'done'; readonly number: number; readonly value: unknown }
  | {
      readonly kind: 'failed';
      readonly number: number;
      readonly message: string;
      readonly retcode: number;
    }
  /** The module calls one of the minion's functions on behalf of call `parent`. */
  | {
      readonly kind: 'salt';
      readonly number: number;
      readonly parent: number;
      readonly name: string;
      readonly args: readonly unknown[];
      readonly keywords: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'pong'; readonly number: number };

export interface ExportedFunction {
  readonly name: string;
  /** The function's text; its parameters are read from it. */
  readonly source: string;
  readonly doc: string;
}

export interface WorkerInput {
  /** file:// address of the module. */
  readonly url: string;
  readonly grains: unknown;
}
