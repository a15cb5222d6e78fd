import type { IncomingHttpHeaders } from 'node:http';
import type { HookCheckKind, HookSettings } from '../../config/index.ts';
import { getString, type Value } from '../../core/index.ts';
import { contentName, hmacHex, isSame } from './signatures.ts';

/** A request as a check sees it: the body as it came, not yet read as anything. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly raw: Uint8Array;
  readonly nowMs: number;
}

/** What a check finds. */
export type Judgement =
  | { readonly ok: true; readonly marks: Marks }
  | {
      readonly ok: false;
      /** For the operator. */
      readonly reason: string;
      /** The sender proved who it is, so it may know the reason. */
      readonly proven?: boolean;
    };

/** By what a repeat of this delivery is known. */
export interface Marks {
  /** The sender's own id of the delivery, which its retries share. */
  id(body: Value): string | undefined;
  /** What was signed: whoever sends it again under another id sends a copy. */
  readonly signed?: string;
  /** The content, for senders without ids: equal ones count as one for the replay window only. */
  readonly content?: string;
}

type Checked = HookSettings['check'] & { readonly secretText: string; readonly replayWindowMs: number };
type Check = (received: Received, checked: Checked) => Judgement;

/** How each kind of sender proves who it is. */
export const checks: Readonly<Record<HookCheckKind, Check>> = {
  github,
  gitlab,
  slack,
  stripe,
  alertmanager,
  header,
};

/** Headers that hold secrets or signatures, beside the one that a hook names itself. */
export const checkHeaders: readonly string[] = [
  'x-hub-signature',
  'x-hub-signature-256',
  'x-gitlab-token',
  'x-slack-signature',
  'stripe-signature',
];

/** Its id is not signed, so what was signed counts as well. */
function github({ headers, raw }: Received, { secretText }: Checked): Judgement {
  const given = one(headers, 'x-hub-signature-256');
  if (given === undefined) return no('there is no X-Hub-Signature-256');
  const mac = hmacHex(secretText, raw);
  if (!isSame(given, `sha256=${mac}`)) return no('the signature is wrong');
  return yes({ id: () => one(headers, 'x-github-delivery'), signed: mac });
}

/**
 * Newer releases send a key that retries share. The older event id is also that of further events which a hook's own
 * work causes, so it counts with the content only.
 */
function gitlab({ headers, raw }: Received, { secretText }: Checked): Judgement {
  const given = one(headers, 'x-gitlab-token');
  if (given === undefined) return no('there is no X-Gitlab-Token');
  if (!isSame(given, secretText)) return no('the token is wrong');
  const uuid = one(headers, 'x-gitlab-event-uuid');
  const withContent = uuid === undefined ? undefined : `${uuid} ${contentName(raw)}`;
  return yes({ id: () => one(headers, 'idempotency-key') ?? withContent });
}

function slack({ headers, raw, nowMs }: Received, { secretText, replayWindowMs }: Checked): Judgement {
  const [time, given] = [one(headers, 'x-slack-request-timestamp'), one(headers, 'x-slack-signature')];
  if (time === undefined || given === undefined) return no('it is not signed as Slack signs');
  const mac = hmacHex(secretText, `v0:${time}:`, raw);
  if (!isSame(given, `v0=${mac}`)) return no('the signature is wrong');
  if (!isFresh(time, nowMs, replayWindowMs)) return stale();
  return yes({ id: (body) => getString(body, 'event_id'), signed: mac });
}

/** `t=TIME,v1=SIGNATURE`, where further signatures are of further secrets. */
function stripe({ headers, raw, nowMs }: Received, { secretText, replayWindowMs }: Checked): Judgement {
  const fields = (one(headers, 'stripe-signature') ?? '').split(',').map((field) => field.split('='));
  const valuesOf = (name: string): string[] =>
    fields.flatMap(([key = '', value = '']) => (key.trim() === name ? [value.trim()] : []));
  const [time, ...others] = valuesOf('t');
  const given = valuesOf('v1');
  if (time === undefined || others.length > 0 || given.length === 0)
    return no('it is not signed as Stripe signs');
  const mac = hmacHex(secretText, `${time}.`, raw);
  if (!given.slice(0, 10).some((signature) => isSame(signature, mac))) return no('the signature is wrong');
  if (!isFresh(time, nowMs, replayWindowMs)) return stale();
  return yes({ id: (body) => getString(body, 'id'), signed: mac });
}

function alertmanager({ headers, raw }: Received, { secretText, user }: Checked): Judgement {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=]{1,4096})$/i.exec(one(headers, 'authorization') ?? '') ?? [];
  if (encoded === undefined) return no('there is no basic auth');
  const wanted = Buffer.from(`${user}:${secretText}`).toString('base64');
  if (!isSame(encoded, wanted)) return no('the user or the password is wrong');
  return yes({ id: () => undefined, content: contentName(raw) });
}

function header({ headers }: Received, { secretText, header: name }: Checked): Judgement {
  const given = one(headers, name);
  if (given === undefined) return no(`there is no header ${name}`);
  const bare = name === 'authorization' ? given.replace(/^Bearer +/i, '') : given;
  return isSame(bare, secretText) ? yes({ id: () => undefined }) : no('the secret is wrong');
}

function one(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Seconds since 1970, as text, not too far from now in either direction. */
function isFresh(time: string, nowMs: number, windowMs: number): boolean {
  return /^\d{1,12}$/.test(time) && Math.abs(nowMs - Number(time) * 1000) <= windowMs;
}

function yes(marks: Marks): Judgement {
  return { ok: true, marks };
}

function no(reason: string): Judgement {
  return { ok: false, reason };
}

function stale(): Judgement {
  return { ok: false, reason: 'it was signed too long ago, or ahead of time', proven: true };
}
