/** What a tag of Salt's own events says of a call: whose it is, and what happened. */
export interface CallTag {
  readonly kind: 'job' | 'run' | 'wheel';
  readonly jid: string;
  /** `new`, `ret`, `publish`, … */
  readonly what: string;
  /** The minion of a job's return, else ''. */
  readonly minion: string;
}

const pattern = /^salt\/(job|run|wheel)\/(\d{20}(?:_[^/]+)?)\/([^/]+)(?:\/(.*))?$/s;

export function callTag(tag: string): CallTag | undefined {
  if (!tag.startsWith('salt/')) return undefined;
  const found = pattern.exec(tag);
  if (found === null) return undefined;
  const [, kind, jid = '', what = '', minion = ''] = found;
  return { kind: kind as CallTag['kind'], jid, what, minion: what === 'ret' ? minion : '' };
}

/** Names one return of one minion; undefined for tags of anything else. */
export function returnKey(call: CallTag | undefined): string | undefined {
  return call?.what === 'ret' && call.kind === 'job' ? `${call.jid}/${call.minion}` : undefined;
}

/** Names the return of a job by one minion, or that of a runner or wheel call. */
export function recoveryKey(call: CallTag | undefined): string | undefined {
  return call?.what === 'ret' ? `${call.jid}/${call.minion}` : undefined;
}
