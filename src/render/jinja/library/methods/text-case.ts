import { characters } from '../../run/convert.ts';
import { type FnTable, table, textFn } from '../function.ts';

/** Python's title case: every run of letters. */
export function titleCase(text: string): string {
  return text.replace(/\p{L}[\p{L}\p{M}]*/gu, capitalized);
}

export function isLower(text: string): boolean {
  return text !== text.toUpperCase() && text === text.toLowerCase();
}

export function isUpper(text: string): boolean {
  return text !== text.toLowerCase() && text === text.toUpperCase();
}

export function capitalized(text: string): string {
  const [first = ''] = text;
  return first.toUpperCase() + text.slice(first.length).toLowerCase();
}

function every(pattern: RegExp): (call: unknown, self: string) => boolean {
  return (_call, self) => self !== '' && pattern.test(self);
}

function swap(text: string): string {
  return characters(text)
    .map((char) => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase()))
    .join('');
}

export const textCaseMethods: FnTable = table({
  capitalize: textFn('', (_call, self) => capitalized(self)),
  casefold: textFn('', (_call, self) => self.toLowerCase().replaceAll('ß', 'ss')),
  lower: textFn('', (_call, self) => self.toLowerCase()),
  swapcase: textFn('', (_call, self) => swap(self)),
  title: textFn('', (_call, self) => titleCase(self)),
  upper: textFn('', (_call, self) => self.toUpperCase()),
  isalnum: textFn('', every(/^[\p{L}\p{N}]+$/u)),
  isalpha: textFn('', every(/^\p{L}+$/u)),
  isascii: textFn('', (_call, self) => !/[\u0080-\uffff]/.test(self)),
  isdecimal: textFn('', every(/^\p{Nd}+$/u)),
  isdigit: textFn('', every(/^[\p{Nd}²³¹⁰-⁹₀-₉]+$/u)),
  isidentifier: textFn('', every(/^[\p{L}_][\p{L}\p{N}_]*$/u)),
  islower: textFn('', (_call, self) => isLower(self)),
  isnumeric: textFn('', every(/^\p{N}+$/u)),
  isprintable: textFn('', (_call, self) => !/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.test(self)),
  isspace: textFn('', every(/^\s+$/)),
  istitle: textFn('', (_call, self) => /\p{L}/u.test(self) && titleCase(self) === self),
  isupper: textFn('', (_call, self) => isUpper(self)),
});
