/** One command of a page, with what it prints. */
export interface PageExample {
  readonly command: string;
  readonly output: string;
}

/** Every command of a page's console blocks. */
export function examplesIn(page: string): PageExample[] {
  return [...page.matchAll(/^```console\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((text) => {
        const [command = '', ...output] = text.trimEnd().split('\n');
        return { command, output: output.join('\n') };
      }),
  );
}

/** `…` stands for anything. */
export function pattern(output: string): RegExp {
  const escaped = output.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '[\\s\\S]*?');
  return new RegExp(`^${escaped}\\n?$`);
}
