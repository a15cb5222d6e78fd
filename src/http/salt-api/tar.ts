const blockBytes = 512;

/** A tar archive (ustar) of small text files. */
export function tarOf(files: readonly { readonly name: string; readonly text: string }[]): Buffer {
  const parts = files.flatMap(({ name, text }) => {
    const content = Buffer.from(text);
    const padding = Buffer.alloc((blockBytes - (content.length % blockBytes)) % blockBytes);
    return [header(name, content.length), content, padding];
  });
  // Two empty blocks end an archive; readers take it in units of twenty.
  const ended = Buffer.concat([...parts, Buffer.alloc(2 * blockBytes)]);
  const unit = 20 * blockBytes;
  return Buffer.concat([ended, Buffer.alloc((unit - (ended.length % unit)) % unit)]);
}

function header(name: string, bytes: number): Buffer {
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;
  block.write(name, 0, 100);
  block.write(octal(0o644, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(bytes, 12), 124);
  block.write(octal(0, 12), 136);
  block.write('        ', 148);
  block.write('0', 156);
  block.write('ustar\u000000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
