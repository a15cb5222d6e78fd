import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Value } from '../../core/index.ts';
import type { ApiParts } from '../server/route-group.ts';
import type { Caller } from '../users/caller.ts';

/** JSON Schema, as far as the document of the API uses it. */
export type Schema = { readonly [keyword: string]: unknown };

export interface Parameter {
  readonly about: string;
  readonly schema: Schema;
}

/** What a handler works with. */
export interface Call {
  readonly parts: ApiParts;
  readonly caller: Caller;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** The parameters of the query that the operation names, each with all that was given. */
  readonly query: ReadonlyMap<string, readonly string[]>;
  /** The `{id}` of the path; empty when there is none. */
  readonly id: string;
  /** The body as JSON; null when there is none. */
  readonly body: Value;
}

/** One route of Brine's own API: the document and the routes are both made from these. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** As OpenAPI writes it: `/v1/dead-letters/{id}`. */
  readonly path: string;
  readonly name: string;
  readonly about: string;
  /** The function of the module `reactor` that the caller must be allowed to call. */
  readonly needs?: 'rules' | 'status' | 'reload' | 'retry' | 'drop';
  readonly headers?: Readonly<Record<string, Parameter>>;
  readonly query?: Readonly<Record<string, Parameter>>;
  readonly body?: Schema;
  /** The answer's schema; null for what is no JSON. */
  readonly answer: Schema | null;
  /** The answer; undefined when it has been sent. */
  readonly run: (call: Call) => Promise<Value | undefined>;
}

/** The name of a parameter in the path. */
export const idParameter: Parameter = { about: 'The id.', schema: { type: 'string' } };
