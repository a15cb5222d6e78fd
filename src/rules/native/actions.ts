import { isMap, isScalar, isSeq, type YAMLSeq } from 'yaml';
import { didYouMean, tagFault, type Value } from '../../core/index.ts';
import type { RenderEnv } from '../../render/index.ts';
import { kindOf, type YamlNode, type YamlSource } from '../files/yaml-source.ts';
import { type ActionTemplate, kindOfValue, type Verb, verbs } from './action.ts';
import { type Member, takeMembers } from './keys.ts';
import { compileValue, newBudget, type ValueTemplate } from './value.ts';

const call = ['args', 'arg', 'kwarg'];
const fieldsOf: Readonly<Record<Verb, readonly string[]>> = {
  local: ['tgt', 'tgt_type', ...call, 'ret', 'timeout', 'metadata'],
  runner: call,
  wheel: call,
  caller: call,
  event: ['tag', 'data'],
};
const required: Readonly<Partial<Record<Verb, string>>> = { local: 'tgt', event: 'tag' };

/** Compiles the items of `do`; null when one of them has a problem. */
export function compileActions(
  source: YamlSource,
  env: RenderEnv,
  list: YAMLSeq<unknown>,
): ActionTemplate[] | null {
  const actions = list.items.map((item) => compileAction(source, env, source.follow(item) ?? list));
  return actions.every((action) => action !== null) ? actions : null;
}

function compileAction(source: YamlSource, env: RenderEnv, node: YamlNode): ActionTemplate | null {
  const before = source.errors;
  const written = calledIn(source, node);
  if (written === null) return null;
  const { key, keyNode, value } = written;
  const name = splitName(source, key, keyNode);
  if (name === null) return null;
  const members = bodyMembers(source, value, key);
  if (members === null) return null;
  const known = takeMembers(source, members, { what: key, known: fieldsOf[name.verb] });
  const needed = required[name.verb];
  if (needed !== undefined && !known.has(needed)) {
    source.report(keyNode, {
      code: 'MISSING_KEY',
      message: `${key} has no ${needed}`,
      hint: needed === 'tgt' ? "say on which minions: `tgt: '{{ data.id }}'`" : 'say which tag to send',
    });
  }
  const budget = newBudget();
  const fields = new Map<string, ValueTemplate>();
  for (const [field, member] of known) {
    const sound = source.errors;
    const template = compileValue(source, env, member.value, budget);
    fields.set(field, template);
    if (source.errors === sound) checkConstant(source, field, member, template);
  }
  if (known.has('args') && (known.has('kwarg') || known.has('arg'))) {
    source.report(known.get('args')?.keyNode, {
      code: 'BAD_ACTION',
      message: 'args says it all; arg and kwarg beside it would be ambiguous',
      hint: 'use args alone, or arg (positional) with kwarg (by name)',
    });
  }
  if (source.errors > before) return null;
  const place = source.place(keyNode);
  const emits = name.verb === 'event' ? emittedGlob(known.get('tag')?.value) : undefined;
  return { ...place, ...name, fields, emits, source: source.lineText(place.line) };
}

/** The tags that a tag with templates can become, as a glob. */
function emittedGlob(node: YamlNode | undefined): string {
  const text = isScalar(node) && typeof node.value === 'string' ? node.value : '*';
  const literals = text.split(/\{\{[^]*?\}\}|\{%[^]*?%\}|\{#[^]*?#\}/);
  return literals.map((literal) => literal.replace(/[*?[]/g, '[$&]')).join('*');
}

/** The one call that an item of `do` holds: `{verb.fun: body}`, or `verb.fun` alone. */
function calledIn(source: YamlSource, node: YamlNode): Member | null {
  if (isScalar(node) && typeof node.value === 'string')
    return { key: node.value, keyNode: node, value: null };
  const members = source.members(node);
  const [only] = members;
  if (only !== undefined && members.length === 1) return only;
  source.report(node, {
    code: 'BAD_ACTION',
    message: isMap(node)
      ? `an action is one call, this mapping holds ${members.length}: ${members.map((member) => member.key).join(', ')}`
      : `an action is a mapping from one call to its arguments, this is ${kindOf(node)}`,
    hint:
      members.length > 1
        ? 'start each action with its own `-`, and indent its arguments below it'
        : '`- local.test.ping: {tgt: web1}`',
  });
  return null;
}

function splitName(source: YamlSource, key: string, keyNode: YamlNode): { verb: Verb; fun: string } | null {
  const dot = key.indexOf('.');
  const word = dot < 0 ? key : key.slice(0, dot);
  const fun = dot < 0 ? '' : key.slice(dot + 1);
  const verb = verbs.find((each) => each === word);
  if (verb === undefined) {
    const near = didYouMean(word, verbs);
    source.report(keyNode, {
      code: 'UNKNOWN_VERB',
      message: `an action cannot begin with ${word}`,
      hint:
        near === undefined
          ? `it begins with ${verbs.join(', ')}: \`local.${key}\` runs ${key} on minions`
          : `did you mean ${near}${dot < 0 ? '' : `.${fun}`}?`,
    });
    return null;
  }
  if (verb === 'event' && fun !== 'send') {
    source.report(keyNode, {
      code: 'UNKNOWN_FUNCTION',
      message: `event has no ${fun === '' ? 'function of its own' : fun}`,
      hint: 'did you mean event.send?',
    });
    return null;
  }
  if (verb !== 'event' && !/^[A-Za-z_]\w*(\.\w+)+$/.test(fun)) {
    source.report(keyNode, {
      code: 'BAD_ACTION',
      message: `${key} names no function`,
      hint: `write ${verb}.<module>.<function>`,
    });
    return null;
  }
  return { verb: verb === 'cmd' ? 'local' : verb, fun };
}

/** The members of an action's body: a mapping, or Salt's list of mappings with one key each. */
function bodyMembers(source: YamlSource, body: YamlNode, key: string): Member[] | null {
  if (isMap(body)) return source.members(body);
  if (body === null || (isScalar(body) && body.value === null)) return [];
  if (!isSeq(body)) {
    source.report(body, {
      code: 'WRONG_TYPE',
      message: `the arguments of ${key} must be a mapping or a list of mappings, this is ${kindOf(body)}`,
    });
    return null;
  }
  const members: Member[] = [];
  for (const item of body.items) {
    const node = source.follow(item);
    const [only, ...more] = source.members(node);
    if (only === undefined || more.length > 0) {
      source.report(node ?? body, {
        code: 'WRONG_TYPE',
        message: `each item below ${key} must be a mapping with one key, this is ${kindOf(node)}`,
        hint: '`- tgt: web1`',
      });
      return null;
    }
    if (members.some((member) => member.key === only.key)) {
      source.report(only.keyNode, { code: 'DUPLICATE_KEY', message: `${only.key} is there twice` });
      return null;
    }
    members.push(only);
  }
  return members;
}

/** Checks what can be checked before there is an event. */
function checkConstant(
  source: YamlSource,
  field: string,
  { value: node, keyNode }: Member,
  template: ValueTemplate,
): void {
  if (!template.constant) return;
  const { value } = template;
  const expected = constantFault(field, value);
  if (expected === undefined) return;
  source.report(node ?? keyNode, {
    code: 'WRONG_TYPE',
    message: `${field} must be ${expected}, this is ${kindOfValue(value)}`,
  });
}

function constantFault(field: string, value: Value): string | undefined {
  const map = value instanceof Map;
  switch (field) {
    case 'tgt':
      return value === null || value === '' || map ? 'the name of a target or a list of names' : undefined;
    case 'tag':
      if (typeof value !== 'string') return 'text';
      return tagFault(value) === undefined ? undefined : `a tag (${tagFault(value)})`;
    case 'tgt_type':
    case 'ret':
      return typeof value === 'string' ? undefined : 'text';
    case 'timeout':
      return typeof value === 'number' && value > 0 ? undefined : 'a number of seconds';
    case 'data':
    case 'kwarg':
      return map ? undefined : 'a mapping';
    case 'args':
      return map || Array.isArray(value) ? undefined : 'a mapping (by name) or a list (by position)';
    default:
      return undefined;
  }
}
