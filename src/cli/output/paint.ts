import { styleText } from 'node:util';

type Colour = Parameters<typeof styleText>[0];

/** Colours, or none. */
export interface Paint {
  readonly key: (text: string) => string;
  readonly text: (text: string) => string;
  readonly scalar: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly dim: (text: string) => string;
}

const same = (text: string): string => text;

export const plainPaint: Paint = { key: same, text: same, scalar: same, good: same, bad: same, dim: same };

const as =
  (colour: Colour) =>
  (text: string): string =>
    styleText(colour, text, { validateStream: false });

const colourPaint: Paint = {
  key: as('cyan'),
  text: as('green'),
  scalar: as('yellow'),
  good: as('green'),
  bad: as('red'),
  dim: as('gray'),
};

/** Colours only for a terminal, and never with NO_COLOR set. */
export function paintFor(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): Paint {
  return isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb' ? colourPaint : plainPaint;
}
