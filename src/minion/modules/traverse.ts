import type { Value } from '../../core/index.ts';

/** What a path like `a:b:0` leads to; undefined when it leads nowhere. Numbers index lists. */
export function traverse(root: Value, path: string, delimiter = ':'): Value | undefined {
  let here: Value | undefined = root;
  for (const step of path.split(delimiter)) {
    if (here instanceof Map) here = here.get(step) ?? here.get(Number(step));
    else if (Array.isArray(here) && /^\d+$/.test(step)) here = here[Number(step)];
    else return undefined;
  }
  return here;
}
