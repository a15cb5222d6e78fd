import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseJson, type Value } from '../../core/index.ts';
import { loadYaml, yamlifyArg } from '../../render/index.ts';
import { HttpError } from './http-error.ts';

/** A request's body, as text and as what the text says. */
export interface Body {
  readonly text: string;
  readonly value: Value;
}

const nothing: Body = { text: '', value: null };

/** The parsed body; nothing when there was none. */
export function bodyOf(request: FastifyRequest): Body {
  return isBody(request.body) ? request.body : nothing;
}

function isBody(body: unknown): body is Body {
  return typeof body === 'object' && body !== null && 'text' in body && 'value' in body;
}

/** The content types that salt-api takes. Others are 406, as there. */
export function takeBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const take = (types: string[], read: (text: string) => Value): void => {
    app.addContentTypeParser(types, { parseAs: 'buffer' }, (_request, raw, done) => {
      try {
        const text = textOf(raw as Buffer);
        done(null, { text, value: text.trim() === '' ? null : read(text) } satisfies Body);
      } catch (error) {
        done(error as Error);
      }
    });
  };
  take(['application/json'], readJson);
  take(['application/x-yaml', 'text/yaml', 'application/yaml'], readYaml);
  take(['text/plain'], readText);
  app.addContentTypeParser('*', (_request, _payload, done) => {
    done(new HttpError(406, 'Content type not supported', { connection: 'close' }));
  });
  void app.register(formbody, {
    parser: (text: string) =>
      ({ text, value: readForm(text) }) satisfies Body as unknown as Record<string, unknown>,
  });
}

function textOf(raw: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(raw);
  } catch {
    throw new HttpError(400, 'The body is not UTF-8.');
  }
}

function readJson(text: string): Value {
  try {
    return parseJson(text);
  } catch {
    throw new HttpError(400, 'Invalid JSON document');
  }
}

function readYaml(text: string): Value {
  const { ok, value } = safely(() => {
    const rendered = loadYaml({ file: 'body', text });
    return rendered.ok ? rendered.value : undefined;
  });
  if (!ok || value === undefined) throw new HttpError(400, 'Invalid YAML document');
  return value;
}

function safely<T>(work: () => T): { readonly ok: boolean; readonly value?: T } {
  try {
    return { ok: true, value: work() };
  } catch {
    return { ok: false };
  }
}

/** Some services send JSON as plain text; any other text is a text. */
function readText(text: string): Value {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

const fieldsMax = 1000;

/** A form: a field that comes once is a text, else a list; `arg` and `kwarg` are read as on the command line. */
export function readForm(text: string): Value {
  const fields = new Map<string, string[]>();
  let count = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    count += 1;
    if (count > fieldsMax) throw new HttpError(400, `A form has at most ${fieldsMax} fields.`);
    if (value === '') continue;
    fields.set(name, [...(fields.get(name) ?? []), value]);
  }
  const form = new Map<Value, Value>();
  for (const [name, values] of fields) {
    if (name === 'arg') form.set(name, values.map(yamlifyArg));
    else if (name === 'kwarg') form.set(name, yamlifyArg(values.at(-1) ?? ''));
    else form.set(name, values.length === 1 ? (values[0] ?? '') : values);
  }
  return form;
}
