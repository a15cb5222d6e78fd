/** salt-api's answer to a request that it does not do. */
export class SaltApiRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The login itself is refused: nothing that needs one can be asked for. */
export class LoginRefusal extends SaltApiRefusal {}

const wordsMax = 500;

/** What salt-api says of a refusal: errors come as JSON, or as a page whose paragraph holds the sentence. */
export function refusalOf(status: number, text: string): SaltApiRefusal {
  return new SaltApiRefusal(status, (wordsOf(text) || `salt-api answered ${status}`).slice(0, wordsMax));
}

function wordsOf(text: string): string {
  const paragraph = /<p>([^]*?)<\/p>/.exec(text)?.[1];
  if (paragraph !== undefined) return plain(paragraph).trim();
  try {
    const said = (JSON.parse(text) as { return?: unknown } | null)?.return;
    return typeof said === 'string' ? said.trim() : '';
  } catch {
    return '';
  }
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&', '#x27': "'" };

function plain(html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replace(/&(\w+|#x27);/g, (whole, name: string) => entities[name] ?? whole);
}

/**
 * Whether a new login may help. Salt answers 401 both to a token that is no more and to a user who may not, and
 * only its words differ.
 */
export function isAboutToken({ status, message }: SaltApiRefusal): boolean {
  return status === 401 && !/^Authorization error|occurred for user /.test(message);
}
