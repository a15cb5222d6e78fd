import { Document } from 'yaml';
import { toJson, toPlain, type Value } from '../../core/index.ts';
import { nested } from './nested.ts';
import type { Paint } from './paint.ts';

export const outputFormats = ['nested', 'json', 'yaml', 'pretty'] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** A result as text, ending with a line break. `json` is one line in `pretty`'s stead when `compact`. */
export function formatValue(value: Value, format: OutputFormat, paint: Paint): string {
  switch (format) {
    case 'nested':
      return nested(value, paint);
    case 'json':
      return `${toJson(value)}\n`;
    case 'pretty':
      return `${toJson(value, { indent: 4, sortKeys: true })}\n`;
    case 'yaml':
      return toYaml(value);
  }
}

function toYaml(value: Value): string {
  return new Document(toPlain(value), { version: '1.1' }).toString({ lineWidth: 0 });
}
