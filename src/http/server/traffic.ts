/** What the server has served so far. */
export class Traffic {
  readonly startedMs: number;
  requests = 0;
  underWay = 0;
  bytesRead = 0;
  bytesWritten = 0;
  /** Milliseconds that requests took, together. */
  workMs = 0;

  constructor(startedMs: number) {
    this.startedMs = startedMs;
  }
}
