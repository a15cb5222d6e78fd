/** One thing that was looked at: well, worth knowing, or in the way. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'error';
  readonly about: string;
  readonly text: string;
  /** What to change; only where something is to be changed. */
  readonly change?: string;
}

export function well(about: string, text: string): Finding {
  return { level: 'ok', about, text };
}

export function warning(about: string, text: string, change: string): Finding {
  return { level: 'warning', about, text, change };
}

export function wrong(about: string, text: string, change: string): Finding {
  return { level: 'error', about, text, change };
}
