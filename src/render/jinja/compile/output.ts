import type { Expr, Node } from '../parse/index.ts';
import { isTrue, pure } from '../run/convert.ts';
import type { Runtime } from '../run/runtime.ts';
import { CaptureSink, NamedTuple, type PyValue, Serialised, TemplateText, Undefined } from '../run/values.ts';
import type { Sink } from '../sink.ts';
import { compileFilter } from './calls.ts';
import type { Compiler } from './compiler.ts';
import { type Evaluate, type Execute, goOn } from './frame.ts';

/** Puts a value out: author's text as text, everything else as data. */
export function emit(rt: Runtime, sink: Sink, value: PyValue): void {
  if (typeof value === 'string') {
    rt.spend(value.length);
    sink.value(value);
  } else if (value instanceof TemplateText) emitText(rt, sink, value);
  else if (value instanceof Undefined) {
    if (!rt.forgives(value)) rt.undefinedUsed(value);
  } else {
    // Salt walks what it prints, and cannot make such a tuple again.
    if (
      value instanceof NamedTuple ||
      (Array.isArray(value) && value.some((item) => item instanceof NamedTuple))
    )
      rt.typeError('the groups of groupby cannot be printed; print their parts');
    sink.value(pure(rt, value));
  }
}

function emitText(rt: Runtime, sink: Sink, text: TemplateText): void {
  for (const part of text.parts) {
    if (typeof part === 'string') {
      rt.spend(part.length);
      sink.text(part);
    } else if (part instanceof Serialised) {
      rt.spend(part.text.length);
      sink.serialised(part.value, part.text);
    } else {
      rt.spend(typeof part.value === 'string' ? part.value.length : 1);
      sink.value(part.value);
    }
  }
}

/** Text of the template as it stands. */
export function literal(text: string): Execute {
  return (frame, sink) => {
    frame.rt.spend(text.length);
    sink.text(text);
    return goOn;
  };
}

export function compileOutput(c: Compiler, node: Node<'Output'>): Execute {
  const steps = node.children.map((child) => compileEmit(c, child));
  const [only] = steps;
  if (steps.length === 1 && only !== undefined) return only;
  return (frame, sink) => {
    for (const step of steps) step(frame, sink);
    return goOn;
  };
}

function compileEmit(c: Compiler, node: Expr | Node<'TemplateData'>): Execute {
  if (node.typename === 'TemplateData') return literal(node.value);
  if (node.typename === 'Literal' && typeof node.value === 'string') return literal(node.value);
  const at = c.site(node);
  if (node.typename === 'InlineIf' && node.else_ !== null) return compileEmitIf(c, node);
  const value = c.flow(node);
  return (frame, sink) => {
    frame.rt.step();
    const made = value(frame);
    frame.rt.at = at;
    emit(frame.rt, sink, made);
    return goOn;
  };
}

function compileEmitIf(c: Compiler, node: Node<'InlineIf'>): Execute {
  const cond = c.plain(node.cond);
  const body = compileEmit(c, node.body);
  const otherwise = compileEmit(c, node.else_ as Expr);
  return (frame, sink) => (isTrue(frame.rt, cond(frame)) ? body : otherwise)(frame, sink);
}

/** What a body puts out, as author's text with its slots. */
export function compileCapture(body: Execute): Evaluate {
  return (frame) => {
    const capture = new CaptureSink();
    body(frame, capture);
    return capture.take();
  };
}

/** A captured text through a chain of filters that stands without an operand. */
export function compileFiltered(c: Compiler, filter: Expr, input: Evaluate): Evaluate {
  return compileFilter(c, filter as Node<'Filter'>, false, input);
}

export function compileFilterBlock(c: Compiler, node: Node<'FilterBlock'>): Execute {
  const body = compileCapture(c.in(c.scope.inner()).body(node.body));
  const filtered = compileFiltered(c, node.filter, body);
  const at = c.site(node);
  return (frame, sink) => {
    const value = filtered(frame);
    frame.rt.at = at;
    emit(frame.rt, sink, value);
    return goOn;
  };
}
