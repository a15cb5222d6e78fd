// The parts of nunjucks' sources that this room builds on; the package ships no types for them.

declare module 'nunjucks/src/lexer.js' {
  export interface Token {
    readonly type: string;
    readonly value: string;
    /** Both count from 0. */
    readonly lineno: number;
    readonly colno: number;
  }
  export class Tokenizer {
    constructor(text: string, options?: object);
    str: string;
    index: number;
    len: number;
    lineno: number;
    colno: number;
    in_code: boolean;
    nextToken(): Token | null;
    forward(): void;
    forwardN(count: number): void;
    isFinished(): boolean;
  }
  const lexer: { lex(text: string, options?: object): Tokenizer };
  export default lexer;
}

declare module 'nunjucks/src/nodes.js' {
  export interface NodeClass {
    new (lineno: number, colno: number): object;
    extend(name: string, properties: { fields: string[] }): NodeClass;
  }
  const nodes: Readonly<Record<string, NodeClass>> & { readonly Node: NodeClass };
  export default nodes;
}

declare module 'nunjucks/src/parser.js' {
  import type { Token, Tokenizer } from 'nunjucks/src/lexer.js';

  class NunjucksParser {
    constructor(tokens: Tokenizer);
    tokens: Tokenizer;
    breakOnBlocks: string[] | null;
    dropLeadingWhitespace: boolean;
    nextToken(withWhitespace?: boolean): Token | null;
    peekToken(): Token | null;
    pushToken(token: Token): void;
    fail(message: string, lineno?: number, colno?: number): never;
    skip(type: string): boolean;
    expect(type: string): Token;
    skipValue(type: string, value: string): boolean;
    skipSymbol(value: string): boolean;
    advanceAfterBlockEnd(name?: string): Token;
    parseUntilBlocks(...names: string[]): object;
    parseAsRoot(): object;
    parseNodes(): object[];
    parseExpression(): object;
    parseStatement(): object | null;
    parseOr(): object;
    parseAnd(): object;
    parseNot(): object;
    parseCompare(): object;
    parseConcat(): object;
    parseAdd(): object;
    parsePow(): object;
    parseUnary(noFilters?: boolean): object;
    parsePrimary(noPostfix?: boolean): object;
    parsePostfix(node: object): object;
    parseFilter(node: object): object;
    parseIf(): object;
    parseFor(): object;
    parseSet(): object;
    parseMacro(): object;
    parseCall(): object;
    parseImport(): object;
    parseFrom(): object;
    parseBlock(): object;
    parseExtends(): object;
    parseInclude(): object;
    parseFilterStatement(): object;
    parseRaw(): object;
  }
  const parser: { Parser: typeof NunjucksParser };
  export default parser;
}
