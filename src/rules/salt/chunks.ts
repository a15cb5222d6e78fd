import { float, int, type LowChunk, PyFloat, type Value } from '../../core/index.ts';
import { compareText, pyEquals, pyStr } from '../../render/index.ts';
import type { SaltRelease } from '../types.ts';
import type { Reaction, ReactionType } from './high.ts';
import {
  hasRequisites,
  nodeId,
  type OrderedByRequisites,
  orderByRequisites,
  type Refusal,
} from './requisites.ts';

/** The low chunks of verified reactions, in the order in which Salt runs them, or why that release refuses them. */
export function lowChunks(reactions: Iterable<Reaction>, release: SaltRelease): OrderedByRequisites {
  const chunks: LowChunk[] = [];
  for (const reaction of reactions) {
    for (const type of reaction.types) {
      const wrong = type.lost === true ? undefined : addChunks(reaction, type, chunks, release);
      if (wrong !== undefined) return { ok: false, refusal: wrong };
    }
  }
  const keys = release >= 3008 ? ['state', '__id__', 'name'] : ['state'];
  for (const chunk of chunks) {
    const key = keys.find((candidate) => isUnhashable(chunk.get(candidate)));
    if (key !== undefined) return { ok: false, refusal: badKey(chunk, key) };
  }
  const given = givenOrders(chunks);
  const sorted = orderChunks(release >= 3008 ? distinct(chunks) : chunks, release);
  const ordered: OrderedByRequisites =
    release >= 3008 && sorted.some(hasRequisites)
      ? orderByRequisites(sorted, given)
      : { ok: true, chunks: sorted };
  if (ordered.ok)
    for (const chunk of ordered.chunks) if (chunk.get('state') === 'cmd') chunk.set('state', 'local');
  return ordered;
}

/** What the files say, before every chunk has an order. */
function givenOrders(chunks: readonly LowChunk[]): Map<LowChunk, Value> {
  const given = new Map<LowChunk, Value>();
  for (const chunk of chunks) {
    const order = chunk.get('order');
    if (order !== undefined) given.set(chunk, order);
  }
  return given;
}

/** Salt looks chunks up by their type, from 3008 on by ID and name too, and fails on what cannot be looked up. */
function isUnhashable(value: Value | undefined): boolean {
  return Array.isArray(value) || value instanceof Map;
}

function badKey(chunk: LowChunk, key: string): Refusal {
  const message = `its '${key}' is a list or a map`;
  return { chunk, code: 'SLS_ID', message, hint: "Write a text, or arguments below 'args:'." };
}

/** Of chunks that agree in type, ID, name and function Salt 3008 keeps the last one. */
function distinct(chunks: LowChunk[]): LowChunk[] {
  if (chunks.length < 2) return chunks;
  return [...new Map(chunks.map((chunk) => [nodeId(chunk), chunk])).values()];
}

/** Adds the chunks of a type; what Salt fails on otherwise, which stops every reaction of the event. */
function addChunks(
  reaction: Reaction,
  type: ReactionType,
  chunks: LowChunk[],
  release: SaltRelease,
): Refusal | undefined {
  const chunk: LowChunk = new Map();
  chunk.set('state', type.state);
  chunk.set('name', reaction.id);
  chunk.set('__sls__', reaction.origin.file);
  if (reaction.env !== undefined) chunk.set('__env__', reaction.env);
  chunk.set('__id__', reaction.id);
  let fun = type.fun;
  const names: Value[] = [];
  for (const item of type.run as readonly Value[]) {
    if (typeof item === 'string') fun = item;
    else if (item instanceof Map && !mergeArgument(chunk, item, names))
      return badNames(chunk, "'names' is not a list");
  }
  if (fun === null) return undefined;
  if (names.length === 0) {
    chunk.set('fun', fun);
    chunks.push(chunk);
    return undefined;
  }
  for (const [index, entry] of names.entries()) {
    const named = namedChunk(chunk, entry, index + 1, fun);
    if (named === null) return badNames(chunk, "below an entry of 'names' is no list of arguments");
    if (release >= 3008 && Array.isArray(entry)) return badNames(chunk, "an entry of 'names' is a list");
    chunks.push(named);
  }
  return undefined;
}

function badNames(chunk: LowChunk, message: string): Refusal {
  return { chunk, code: 'SLS_NOT_A_LIST', message, hint: "Write '- names: [one, two]'." };
}

/**
 * Arguments may override what the chunk is: Salt lets them, and files rely on `name`. False when `names` cannot
 * be walked.
 */
function mergeArgument(chunk: LowChunk, argument: Map<Value, Value>, names: Value[]): boolean {
  const listed = argument.get('names');
  if (listed !== undefined) {
    const items = iterate(listed);
    if (items === undefined) return false;
    for (const name of items) if (!names.some((known) => pyEquals(known, name))) names.push(name);
    if (argument.size === 1) return true;
  }
  for (const [key, value] of argument) chunk.set(key, value);
  return true;
}

function namedChunk(base: LowChunk, entry: Value, order: number, fun: string): LowChunk | null {
  const chunk: LowChunk = new Map(base);
  const pair = entry instanceof Map ? entry.entries().next().value : undefined;
  if (pair === undefined) chunk.set('name', entry);
  else {
    chunk.set('name', pair[0]);
    if (!Array.isArray(pair[1])) return null;
    for (const extra of pair[1]) {
      if (!(extra instanceof Map)) return null;
      for (const [key, value] of extra) chunk.set(key, value);
    }
  }
  chunk.set('name_order', order);
  chunk.set('fun', fun);
  return chunk;
}

/** What Python's loop would walk; undefined for what it cannot. */
function iterate(listed: Value): Iterable<Value> | undefined {
  if (Array.isArray(listed)) return listed;
  if (listed instanceof Map) return listed.keys();
  return typeof listed === 'string' ? Array.from(listed) : undefined;
}

/** Behind every number that a file gives, where `order: last` and negative orders start. */
const lastOrder = 1_000_000;

/** Sorts by `order`, then by the text of type, name and function: not by the order in the file. */
function orderChunks(chunks: LowChunk[], release: SaltRelease): LowChunk[] {
  let cap: Order = 1;
  for (const chunk of chunks) {
    const given = chunk.get('order');
    const order = given instanceof PyFloat ? undefined : orderNumber(given);
    if (order === undefined || (typeof order === 'number' && !Number.isInteger(order))) continue;
    if (order >= cap && order > 0) cap = int(BigInt(order) + 100n) as Order;
  }
  for (const chunk of chunks) setOrder(chunk, cap);
  // Salt orders twice; what `names` multiplied without an `order` gets its place in the second round.
  const sorted = sortChunks(chunks, release);
  if (!sorted.some((chunk) => chunk.has('name_order'))) return sorted;
  for (const chunk of sorted) setOrder(chunk, cap);
  return sortChunks(sorted, release);
}

/** What is equal in all this stays in the order of the files, and goes by its ID from 3008 on. */
function sortChunks(chunks: LowChunk[], release: SaltRelease): LowChunk[] {
  if (chunks.length < 2) return chunks;
  const keyed = chunks.map((chunk) => ({
    chunk,
    order: orderNumber(chunk.get('order')) as Order,
    text: sortText(chunk),
    tie: release >= 3008 ? nodeId(chunk) : '',
  }));
  keyed.sort((a, b) =>
    a.order < b.order ? -1 : a.order > b.order ? 1 : compareText(a.text, b.text) || compareText(a.tie, b.tie),
  );
  return keyed.map(({ chunk }) => chunk);
}

/** Integers beyond 2^53 stay exact. */
type Order = number | bigint;

function orderNumber(order: Value | undefined): Order | undefined {
  if (typeof order === 'boolean') return Number(order);
  if (order instanceof PyFloat) return order.value;
  return typeof order === 'number' || typeof order === 'bigint' ? order : undefined;
}

function plus(order: Order, more: number): Order {
  if (typeof order === 'number') return order + more;
  return Number.isInteger(more) ? (int(order + BigInt(more)) as Order) : Number(order) + more;
}

function setOrder(chunk: LowChunk, cap: Order): void {
  const given = chunk.get('order');
  if (given === undefined) {
    chunk.set('order', cap);
    return;
  }
  const number = orderNumber(given);
  let order = number ?? (given === 'last' ? plus(cap, lastOrder) : given === 'first' ? 0 : cap);
  const nameOrder = chunk.get('name_order');
  if (typeof nameOrder === 'number') {
    order = plus(order, nameOrder / 10_000);
    chunk.delete('name_order');
  }
  if (order < 0) order = plus(plus(cap, lastOrder), Number(order));
  if (order !== number) chunk.set('order', given instanceof PyFloat ? float(Number(order)) : order);
}

function sortText(chunk: LowChunk): string {
  return textOf(chunk, 'state') + textOf(chunk, 'name') + textOf(chunk, 'fun');
}

function textOf(chunk: LowChunk, key: string): string {
  const value = chunk.get(key) ?? null;
  return typeof value === 'string' ? value : pyStr(value);
}
