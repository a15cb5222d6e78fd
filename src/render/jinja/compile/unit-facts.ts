import { mutatingMethods } from '../library/methods/index.ts';
import type { Node } from '../parse/index.ts';

/**
 * Whether a render may change a map or a list in place. Then it gets copies, because the event's data is
 * shared by all rules. A template that loads others is taken for one that does.
 */
export function changesData(node: object): boolean {
  if ('typename' in node) {
    const { typename } = node as Node;
    if (['Include', 'Import', 'FromImport', 'Extends'].includes(typename)) return true;
    if (typename === 'Attribute' && mutatingMethods.has((node as Node<'Attribute'>).name)) return true;
    if (typename === 'Literal' && mutatingMethods.has((node as Node<'Literal'>).value as string)) return true;
    if (typename === 'Filter' && changingFilters.has((node as Node<'Filter'>).name)) return true;
  }
  return Object.values(node).some(
    (child: unknown) => typeof child === 'object' && child !== null && changesData(child),
  );
}

const changingFilters: ReadonlySet<string> = new Set(['attr', 'method_call']);
