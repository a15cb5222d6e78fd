import { tagFault } from '../../core/index.ts';

/** What every tag that this template makes must begin with: all before its first expression. */
export function prefixOf(template: string): string {
  const at = template.search(/\{[{%#]/);
  return at < 0 ? template : template.slice(0, at);
}

/** Why a template cannot be one for tags; undefined when it can. */
export function templateFault(template: string): string | undefined {
  const prefix = prefixOf(template);
  if (prefix === template) return faultOf(template, template);
  if (!prefix.endsWith('/') || prefix === '/')
    return 'before its first expression there must be a fixed beginning that ends with /';
  return faultOf(`${prefix}x`, prefix);
}

/** Why a made tag is refused; undefined when it is below the prefix and cannot be taken for another one. */
export function faultOf(tag: string, prefix: string): string | undefined {
  if (!tag.startsWith(prefix)) return 'the tag does not begin as the hook says';
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(tag)) return 'the tag holds a control character';
  const parts = tag.split('/');
  if (parts.some((part) => part === '.' || part === '..')) return 'the tag holds the step . or ..';
  if (parts.some((part) => part.trim() === '')) return 'a part of the tag is empty';
  return tagFault(tag);
}
