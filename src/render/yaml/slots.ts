import type { Scalar } from 'yaml';
import { PyFloat, PyTuple, type Value, type ValueMap } from '../../core/index.ts';
import { pyRepr, pyStr } from '../python/index.ts';
import { refuseQuoted, soleSerialised } from './beside.ts';
import { type Block, blockOf, blockText, chomp, outdent } from './block.ts';
import { resolvePlain } from './scalar.ts';
import { noteStructure, type PlainPlace } from './structure.ts';
import { type Build, type SlotMarks, type Slots, scalarText } from './types.ts';

const salt = { saltPrint: true };

/**
 * The builder of a scalar. A quoted or block scalar with slots is text. A plain one is typed after the slots
 * are filled in, because Salt's files rely on that; a plain one that is a single slot takes its value.
 */
export function buildScalar(node: Scalar.Parsed, marks: SlotMarks | null, place: PlainPlace): Build {
  if (node.tag !== undefined || (node.type !== 'PLAIN' && node.type !== undefined))
    return buildText(node, marks, place);
  const text = scalarText(node);
  if (marks === null || !text.includes(marks.mark)) {
    const value = resolvePlain(text);
    return () => value;
  }
  const first = marks.slotAt(node.range[0]);
  const parts = text.split(marks.mark);
  if (parts.length === 2 && parts[0] === '' && parts[1] === '')
    return (slots) => soleSlot(first, slots, place);
  return (slots) => {
    const pieces = piecesOf(parts, first, slots);
    const sole = soleSerialised(pieces, first, slots, place);
    if (sole !== undefined) return sole.value;
    const made = joinPlain(pieces);
    if (slots.notes !== undefined && dataIn(first, parts.length - 1, slots))
      noteStructure(made, place, slots.notes);
    return resolvePlain(made);
  };
}

/** Whether a text that no serialiser made safe is among the slots. */
function dataIn(first: number, count: number, slots: Slots): boolean {
  for (let index = first; index < first + count; index += 1)
    if (slots.texts[index] === undefined && typeof slots.values[index] === 'string') return true;
  return false;
}

/** The builder of a scalar that is text whatever it looks like. */
function buildText(node: Scalar.Parsed, marks: SlotMarks | null, place: PlainPlace): Build {
  const text = scalarText(node);
  if (marks === null || !text.includes(marks.mark)) return () => text;
  const first = marks.slotAt(node.range[0]);
  const parts = text.split(marks.mark);
  if (node.type?.startsWith('BLOCK') !== true)
    return (slots) => {
      refuseQuoted(node.type, first, parts.length - 1, slots, place);
      return join(parts, first, slots);
    };
  const block = blockOf(marks.between(node.range[0], node.range[1]), text);
  if (block === null) return (slots) => join(parts, first, slots);
  return (slots) => fillBlock(parts, first, slots, block, marks.mark);
}

function join(parts: readonly string[], first: number, slots: Slots): string {
  let text = parts[0] as string;
  for (let index = 1; index < parts.length; index += 1) {
    text += slotText(first + index - 1, slots);
    text += parts[index] as string;
  }
  return text;
}

function piecesOf(parts: readonly string[], first: number, slots: Slots): string[] {
  const pieces: string[] = [parts[0] as string];
  for (let at = 1; at < parts.length; at += 1)
    pieces.push(slotText(first + at - 1, slots), parts[at] as string);
  return pieces;
}

/** Blanks at the ends of a plain scalar are not part of it, so those before an empty text go; data keeps its own. */
function joinPlain(pieces: string[]): string {
  for (let at = 0; at < pieces.length && isAuthorsOrEmpty(pieces, at); at += 1) {
    pieces[at] = (pieces[at] as string).trimStart();
    if (pieces[at] !== '') break;
  }
  for (let at = pieces.length - 1; at >= 0 && isAuthorsOrEmpty(pieces, at); at -= 1) {
    pieces[at] = (pieces[at] as string).trimEnd();
    if (pieces[at] !== '') break;
  }
  return pieces.join('');
}

/** Even pieces are the author's, odd ones data. */
function isAuthorsOrEmpty(pieces: readonly string[], at: number): boolean {
  return at % 2 === 0 || pieces[at] === '';
}

/**
 * A block scalar is read after its slots are filled in: text that the template's author had indented to stand
 * in it loses that indentation again. Data is no such text.
 */
function fillBlock(
  parts: readonly string[],
  first: number,
  slots: Slots,
  block: Block,
  mark: string,
): string {
  const texts = parts.slice(1).map((_, index) => {
    const prepared = slots.texts[first + index];
    return prepared === undefined ? slotText(first + index, slots) : outdent(prepared, block);
  });
  const filled = texts.map((text) => (isBlank(text) ? text : mark));
  const literals = filled.some(isBlank) ? withBlanks(filled, block, mark) : parts;
  const rest = literals === parts ? texts : texts.filter((text) => !isBlank(text));
  const text = literals.map((literal, index) => literal + (rest[index] ?? '')).join('');
  const last = first + parts.length - 2;
  return slots.texts[last] !== undefined || text.trim() === '' ? chomp(text, block) : text;
}

function isBlank(text: string): boolean {
  return /^[ \t]*$/.test(text);
}

/** The parts of the block around its other slots when nothing but blanks went into some: they may leave lines empty. */
function withBlanks(filled: readonly string[], block: Block, mark: string): readonly string[] {
  const pieces = block.lines.join('\n').split(mark);
  const lines = pieces.map((piece, index) => piece + (filled[index] ?? '')).join('');
  return blockText({ ...block, lines: lines.split('\n') }).split(mark);
}

function slotText(index: number, slots: Slots): string {
  const text = slots.texts[index];
  if (text !== undefined) return text;
  const value = slots.values[index] as Value;
  return typeof value === 'string' ? value : pyStr(value, salt);
}

/** The value of a plain scalar that is nothing but one slot. */
function soleSlot(index: number, slots: Slots, place: PlainPlace): Value {
  const value = slots.values[index] as Value;
  if (slots.texts[index] !== undefined) return value;
  if (typeof value === 'string') {
    if (slots.notes !== undefined) noteStructure(value, place, slots.notes);
    return resolvePlain(value);
  }
  if (value === null) return 'None';
  if (typeof value !== 'object') return typeof value === 'number' ? asPrinted(value) : value;
  if (value instanceof Map || Array.isArray(value)) return noneAsText(value);
  return value instanceof PyFloat ? asPrinted(value) : pyStr(value, salt);
}

/** Python prints a float of 1e16 and more in a form that YAML 1.1 reads as text. */
function asPrinted(value: number | PyFloat): Value {
  return typeof value === 'number' && Number.isInteger(value) ? value : resolvePlain(pyStr(value));
}

/** Salt prints a structure and reads it back, which turns a null inside into the string `None`. */
function noneAsText(value: Value): Value {
  if (value === null) return 'None';
  if (typeof value !== 'object' || !isPrintedOtherwise(value)) return value;
  if (Array.isArray(value))
    return value.flatMap((item) => (item instanceof PyTuple ? tupleInList(item) : [noneAsText(item)]));
  if (value instanceof PyTuple) return value.items.map(noneAsText);
  if (!(value instanceof Map)) return value;
  const map: ValueMap = new Map();
  for (const [key, item] of value) map.set(key === null ? 'None' : key, noneAsText(item));
  return map;
}

/** A tuple printed inside a list reads back as more items of that list, with its brackets in the outer ones. */
function tupleInList({ items }: PyTuple): Value[] {
  // Salt cannot read what a text or a structure behind the first item prints as; they stay a list of their own.
  const isReadable = items.slice(1).every((item) => item === null || typeof item !== 'object');
  if (!isReadable || items.slice(1).some((item) => typeof item === 'string') || typeof items[0] === 'object')
    return [items.map(noneAsText)];
  if (items.length === 0) return ['()'];
  const texts = items.map((item) => pyRepr(item));
  if (items.length === 1) return [`(${texts[0]}`, ')'];
  return texts.map((text, at) => {
    if (at === 0) return `(${text}`;
    return at === texts.length - 1 ? `${text})` : resolvePlain(text);
  });
}

/** Whether `noneAsText` would change the value; most data holds no null and is taken as it is. */
function isPrintedOtherwise(value: Value): boolean {
  if (value === null || value instanceof PyTuple) return true;
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.some(isPrintedOtherwise);
  if (!(value instanceof Map)) return false;
  for (const [key, item] of value) if (key === null || isPrintedOtherwise(item)) return true;
  return false;
}
