import type { CharTest, Greed, Node, Pattern, Place } from './nodes.ts';

/** What the machine does next; `to` and the like are numbers of instructions. */
export type Instruction =
  | { readonly op: 'one'; readonly test: CharTest }
  /** One character again and again, which needs no way back for each of them. */
  | {
      readonly op: 'many';
      readonly test: CharTest;
      readonly min: number;
      readonly max: number;
      readonly greed: Greed;
    }
  | { readonly op: 'fork'; readonly first: number; readonly second: number }
  | { readonly op: 'jump'; readonly to: number }
  | { readonly op: 'save'; readonly register: number }
  | { readonly op: 'clear'; readonly register: number }
  | {
      readonly op: 'loop';
      /** How often the body ran; in the next one, where it began when it ran more often than it must. */
      readonly register: number;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
      readonly body: number;
      readonly exit: number;
    }
  | { readonly op: 'place'; readonly place: Place; readonly isWord: CharTest }
  | { readonly op: 'reference'; readonly index: number; readonly ignoreCase: boolean }
  | { readonly op: 'condition'; readonly index: number; readonly otherwise: number }
  | { readonly op: 'look'; readonly behind: number | null; readonly negative: boolean; readonly next: number }
  | { readonly op: 'atomic'; readonly next: number }
  | { readonly op: 'done' };

export interface Program {
  readonly code: readonly Instruction[];
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
  /** Registers: two for each group and the whole, two for each loop. */
  readonly registers: number;
}

/** A pattern as instructions for the machine. */
export function compilePattern({ root, groups, names }: Pattern): Program {
  const compiler = new ProgramCompiler(groups);
  compiler.emit(root);
  compiler.add({ op: 'done' });
  return { code: compiler.code, groups, names, registers: compiler.registers };
}

class ProgramCompiler {
  readonly code: Instruction[] = [];
  registers: number;

  constructor(groups: number) {
    this.registers = (groups + 1) * 2;
  }

  add(instruction: Instruction): number {
    this.code.push(instruction);
    return this.code.length - 1;
  }

  emit(node: Node): void {
    switch (node.type) {
      case 'one':
        this.add({ op: 'one', test: node.test });
        break;
      case 'sequence':
        for (const item of node.items) this.emit(item);
        break;
      case 'choice':
        this.#choice(node.options);
        break;
      case 'repeat':
        this.#repeat(node);
        break;
      case 'group':
        this.add({ op: 'save', register: node.index * 2 });
        this.emit(node.body);
        this.add({ op: 'save', register: node.index * 2 + 1 });
        break;
      case 'atomic':
        this.#part((next) => ({ op: 'atomic', next }), node.body);
        break;
      case 'look':
        this.#part((next) => ({ op: 'look', behind: node.behind, negative: node.negative, next }), node.body);
        break;
      case 'condition':
        this.#condition(node);
        break;
      case 'reference':
        this.add({ op: 'reference', index: node.index, ignoreCase: node.ignoreCase });
        break;
      default:
        this.add({ op: 'place', place: node.place, isWord: node.isWord });
        break;
    }
  }

  /** A place for an instruction that is known when what follows it is there. */
  #later(): (made: Instruction) => void {
    const at = this.add({ op: 'done' });
    return (made) => {
      this.code[at] = made;
    };
  }

  #choice(options: readonly Node[]): void {
    const ends: ((made: Instruction) => void)[] = [];
    for (const [index, option] of options.entries()) {
      if (index === options.length - 1) this.emit(option);
      else {
        const fork = this.#later();
        const first = this.code.length;
        this.emit(option);
        ends.push(this.#later());
        fork({ op: 'fork', first, second: this.code.length });
      }
    }
    for (const end of ends) end({ op: 'jump', to: this.code.length });
  }

  #repeat({ body, min, max, greed }: Extract<Node, { type: 'repeat' }>): void {
    if (body.type === 'one') this.add({ op: 'many', test: body.test, min, max, greed });
    else if (greed === 'possessive')
      this.#part((next) => ({ op: 'atomic', next }), { type: 'repeat', body, min, max, greed: 'greedy' });
    else {
      const register = this.registers;
      this.registers += 2;
      this.add({ op: 'clear', register });
      const loop = this.code.length;
      const fill = this.#later();
      this.emit(body);
      this.add({ op: 'jump', to: loop });
      fill({
        op: 'loop',
        register,
        min,
        max,
        lazy: greed === 'lazy',
        body: loop + 1,
        exit: this.code.length,
      });
    }
  }

  /** Instructions that run on their own behind the one that starts them. */
  #part(starter: (next: number) => Instruction, body: Node): void {
    const start = this.#later();
    this.emit(body);
    this.add({ op: 'done' });
    start(starter(this.code.length));
  }

  #condition({ index, body, otherwise }: Extract<Node, { type: 'condition' }>): void {
    const start = this.#later();
    this.emit(body);
    const end = this.#later();
    start({ op: 'condition', index, otherwise: this.code.length });
    this.emit(otherwise);
    end({ op: 'jump', to: this.code.length });
  }
}
