import type { Value } from '../../core/index.ts';
import type { Sink } from '../jinja/sink.ts';
import { compileTemplate } from '../jinja/template.ts';
import { pyStr } from '../python/index.ts';
import { type Context, collect, type RenderEnv, type Rendered, type Source } from '../types.ts';

/** A string of a native rule that may hold template expressions. */
export interface Leaf {
  build(context: Context): Rendered<Value>;
}

/**
 * Compiles a string of a native rule. `{{ x }}` alone keeps the value's type; anything else makes text. A
 * string without template syntax is itself.
 */
export function compileLeaf(source: Source, env: RenderEnv): Rendered<Leaf> {
  if (!/\{[{%#]/.test(source.text)) {
    const constant: Rendered<Value> = { ok: true, value: source.text };
    return { ok: true, value: { build: () => constant } };
  }
  const template = compileTemplate(source, env);
  if (!template.ok) return template;
  return {
    ok: true,
    value: {
      build: (context) =>
        collect(() => {
          const sink = new LeafSink();
          template.value.run(context, sink);
          if (source.text.endsWith('\n')) sink.text('\n');
          return sink.result();
        }),
    },
  };
}

/** Keeps a single value as it is until anything stands beside it. */
class LeafSink implements Sink {
  #sole: Value | undefined;
  #text: string | undefined;

  text(literal: string): void {
    if (literal !== '') this.#append(literal);
  }

  value(value: Value): void {
    if (this.#sole === undefined && this.#text === undefined) this.#sole = value;
    else this.#append(pyStr(value));
  }

  serialised(_value: Value, text: string): void {
    this.#append(text);
  }

  result(): Value {
    return this.#text ?? (this.#sole === undefined ? '' : this.#sole);
  }

  #append(text: string): void {
    if (this.#text === undefined) this.#text = this.#sole === undefined ? '' : pyStr(this.#sole);
    this.#text += text;
  }
}
