import { folded } from './characters.ts';
import type { Instruction, Program } from './program.ts';

type Op<K extends Instruction['op']> = Extract<Instruction, { op: K }>;

/** Steps of the machine for one step of a template. */
const perStep = 16;
/** Ways back that may be open at once. */
const waysMax = 2_000_000;

/** A way back: where to go on, or a register to set as it was. */
type Way =
  | { readonly kind: 'go'; readonly next: number; readonly at: number }
  | { readonly kind: 'fewer'; readonly next: number; at: number; readonly least: number }
  | {
      readonly kind: 'more';
      readonly op: Op<'many'>;
      readonly next: number;
      at: number;
      readonly most: number;
    }
  | { readonly kind: 'enter'; readonly op: Op<'loop'>; readonly at: number }
  | { readonly kind: 'undo'; readonly register: number; readonly value: number };

/** Counts work; throws when there has been enough of it. */
export type Count = (steps: number) => void;

/** Runs a program over one text: Python's backtracking, with every step counted. */
export class Machine {
  readonly #program: Program;
  readonly #text: readonly number[];
  readonly #count: Count;
  readonly #ways: Way[] = [];
  readonly #registers: number[];
  #steps = 0;
  #at = 0;
  /** Where a match must not end: right where it began, behind another that was empty. */
  #notAt = -1;

  constructor(program: Program, text: readonly number[], count: Count) {
    this.#program = program;
    this.#text = text;
    this.#count = count;
    this.#registers = Array.from({ length: program.registers }, () => -1);
  }

  /** The starts and ends of the groups of a match that begins at `start`, -1 for those without one; or null. */
  matchAt(start: number, notEmpty: boolean): readonly number[] | null {
    this.#registers.fill(-1);
    this.#ways.length = 0;
    this.#notAt = notEmpty ? start : -1;
    const end = this.#run(0, start, true);
    if (end < 0) return null;
    const found = this.#registers.slice(0, (this.#program.groups + 1) * 2);
    [found[0], found[1]] = [start, end];
    return found;
  }

  /** Where the program ends when it starts at an instruction and a place; -1 when it does not match. */
  #run(first: number, start: number, whole: boolean): number {
    const base = this.#ways.length;
    let next = first;
    this.#at = start;
    for (;;) {
      this.#step();
      const op = this.#program.code[next] as Instruction;
      if (op.op === 'done') {
        if (!whole || this.#at !== this.#notAt) return this.#leave(base, this.#at);
        next = -1;
      } else next = this.#do(op, next);
      if (next < 0) next = this.#back(base);
      if (next < 0) return -1;
    }
  }

  #step(): void {
    this.#steps += 1;
    if (this.#steps < perStep) return;
    this.#steps = 0;
    this.#count(1);
  }

  /** Forgets the ways back into what has matched, but not what its registers were. */
  #leave(base: number, end: number): number {
    const kept = this.#ways.slice(base).filter((way) => way.kind === 'undo');
    this.#ways.length = base;
    for (const way of kept) this.#ways.push(way);
    return end;
  }

  #push(way: Way): void {
    if (this.#ways.length >= waysMax) this.#count(Number.POSITIVE_INFINITY);
    this.#ways.push(way);
  }

  #set(register: number, value: number): void {
    this.#push({ kind: 'undo', register, value: this.#registers[register] as number });
    this.#registers[register] = value;
  }

  /** Goes the last way back; -1 when there is none left above `base`. */
  #back(base: number): number {
    while (this.#ways.length > base) {
      const way = this.#ways.pop() as Way;
      if (way.kind === 'undo') {
        this.#registers[way.register] = way.value;
        continue;
      }
      this.#at = way.at;
      if (way.kind === 'enter') return this.#enter(way.op);
      if (way.kind === 'more' && !this.#oneMore(way)) continue;
      if (way.kind === 'fewer' && way.at > way.least) {
        way.at -= 1;
        this.#ways.push(way);
      }
      return way.next;
    }
    return -1;
  }

  #oneMore(way: Extract<Way, { kind: 'more' }>): boolean {
    if (way.at >= way.most || !this.#isOne(way.op.test, way.at)) return false;
    way.at += 1;
    this.#at = way.at;
    this.#ways.push(way);
    return true;
  }

  #isOne(test: (code: number) => boolean, at: number): boolean {
    return at < this.#text.length && test(this.#text[at] as number);
  }

  /** The instruction to go on with; -1 when there is no match this way. */
  #do(op: Exclude<Instruction, Op<'done'>>, here: number): number {
    switch (op.op) {
      case 'one':
        if (!this.#isOne(op.test, this.#at)) return -1;
        this.#at += 1;
        return here + 1;
      case 'many':
        return this.#many(op, here + 1);
      case 'fork':
        this.#push({ kind: 'go', next: op.second, at: this.#at });
        return op.first;
      case 'jump':
        return op.to;
      case 'save':
        this.#set(op.register, this.#at);
        return here + 1;
      case 'clear':
        this.#set(op.register, 0);
        this.#set(op.register + 1, -1);
        return here + 1;
      case 'loop':
        return this.#loop(op);
      default:
        return this.#look(op, here);
    }
  }

  #look(op: Op<'place' | 'reference' | 'condition' | 'look' | 'atomic'>, here: number): number {
    switch (op.op) {
      case 'place':
        return this.#isAt(op) ? here + 1 : -1;
      case 'reference':
        return this.#reference(op) ? here + 1 : -1;
      case 'condition':
        return (this.#registers[op.index * 2 + 1] as number) < 0 ? op.otherwise : here + 1;
      case 'atomic': {
        const end = this.#run(here + 1, this.#at, false);
        this.#at = end;
        return end < 0 ? -1 : op.next;
      }
      default:
        return this.#around(op, here + 1) ? op.next : -1;
    }
  }

  #around({ behind, negative }: Op<'look'>, first: number): boolean {
    const at = this.#at;
    const start = at - (behind ?? 0);
    const before = this.#ways.length;
    const found = start >= 0 && this.#run(first, start, false) >= 0;
    // What a negative one has found counts for nothing.
    if (negative && found) this.#back(before);
    this.#at = at;
    return found !== negative;
  }

  #many({ test, min, max, greed }: Op<'many'>, next: number): number {
    const start = this.#at;
    const limit = Math.min(this.#text.length, start + (greed === 'lazy' ? min : max));
    let at = start;
    while (at < limit && test(this.#text[at] as number)) {
      at += 1;
      this.#step();
    }
    if (at - start < min) return -1;
    this.#at = at;
    if (greed === 'greedy' && at > start + min)
      this.#push({ kind: 'fewer', next, at: at - 1, least: start + min });
    if (greed === 'lazy' && max > min) {
      const op: Op<'many'> = { op: 'many', test, min, max, greed };
      this.#push({ kind: 'more', op, next, at, most: start + max });
    }
    return next;
  }

  #loop(op: Op<'loop'>): number {
    const count = this.#registers[op.register] as number;
    if (count < op.min) {
      this.#set(op.register, count + 1);
      return op.body;
    }
    const wasEmpty = this.#registers[op.register + 1] === this.#at;
    if (count >= op.max || wasEmpty) return op.exit;
    if (op.lazy) {
      this.#push({ kind: 'enter', op, at: this.#at });
      return op.exit;
    }
    this.#push({ kind: 'go', next: op.exit, at: this.#at });
    return this.#enter(op);
  }

  #enter(op: Op<'loop'>): number {
    this.#set(op.register, (this.#registers[op.register] as number) + 1);
    this.#set(op.register + 1, this.#at);
    return op.body;
  }

  #isAt({ place, isWord }: Op<'place'>): boolean {
    const at = this.#at;
    const last = this.#text.length;
    switch (place) {
      case 'start':
        return at === 0;
      case 'end':
        return at === last;
      case 'last-end':
        return at === last || (at === last - 1 && this.#text[at] === 10);
      case 'line-start':
        return at === 0 || this.#text[at - 1] === 10;
      case 'line-end':
        return at === last || this.#text[at] === 10;
      default: {
        const isEdge = (at > 0 && this.#isOne(isWord, at - 1)) !== this.#isOne(isWord, at);
        // Python sees no word in an empty text, and no edge of one either.
        return last > 0 && isEdge === (place === 'word');
      }
    }
  }

  #reference({ index, ignoreCase }: Op<'reference'>): boolean {
    const start = this.#registers[index * 2] as number;
    const end = this.#registers[index * 2 + 1] as number;
    if (start < 0 || end < start) return false;
    for (let from = start; from < end; from += 1, this.#at += 1) {
      this.#step();
      const wanted = this.#text[from] as number;
      const given = this.#text[this.#at];
      if (given === undefined) return false;
      if (given !== wanted && !(ignoreCase && folded(given, false) === folded(wanted, false))) return false;
    }
    return true;
  }
}
