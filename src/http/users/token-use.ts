import type { Clock, Telemetry } from '../../core/index.ts';
import type { RecordFile } from './record-file.ts';

const writePauseMs = 5000;

/** Notes when tokens were last used, and writes it down now and then. */
export class TokenUse {
  readonly #file: RecordFile<number>;
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  readonly #news = new Map<string, number>();
  #cancel: (() => void) | undefined;

  constructor(file: RecordFile<number>, clock: Clock, telemetry: Telemetry) {
    this.#file = file;
    this.#clock = clock;
    this.#telemetry = telemetry;
  }

  used(name: string): void {
    this.#news.set(name, this.#clock.nowMs());
    this.#cancel ??= this.#clock.after(writePauseMs, () => void this.#write());
  }

  async close(): Promise<void> {
    this.#cancel?.();
    await this.#write();
  }

  async #write(): Promise<void> {
    this.#cancel = undefined;
    if (this.#news.size === 0) return;
    const news = [...this.#news];
    this.#news.clear();
    try {
      await this.#file.change((records) => {
        for (const [name, atMs] of news) records.set(name, atMs);
      });
    } catch (error) {
      this.#telemetry.emit({ kind: 'unexpected', where: 'api token use', message: String(error) });
    }
  }
}
