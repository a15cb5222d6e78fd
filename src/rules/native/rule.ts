import { isMap, isScalar, isSeq } from 'yaml';
import { compileExpression, type Expression, type RenderEnv } from '../../render/index.ts';
import { kindOf, type YamlNode, type YamlSource } from '../files/yaml-source.ts';
import type { Condition, NativeRule } from '../types.ts';
import type { ActionTemplate } from './action.ts';
import { compileActions } from './actions.ts';
import { compileConcurrency } from './concurrency.ts';
import { compileCondition } from './condition.ts';
import { type Member, takeMembers, type Vocabulary } from './keys.ts';

export const notes = ['description', 'owner', 'runbook'] as const;
export const reserved = ['flow', 'mode', 'allow', 'tests', 'on_failure', 'wait_for', 'sls'] as const;
/** A glob longer than any tag can be matched by nothing. */
const globCharsMax = 4096;

const vocabulary: Vocabulary = {
  what: 'a rule',
  known: ['on', 'vars', 'if', 'do', 'concurrency'],
  notes,
  reserved,
};
/** Names that templates have from the event. */
const taken = ['tag', 'data', 'event'];

/** Compiles the rules under `rules:`; what has problems is left out. */
export function compileNativeRules(source: YamlSource, env: RenderEnv, node: YamlNode): NativeRule[] {
  if (!isMap(node)) {
    const hint = isSeq(node) ? 'write `name: {on: …, do: …}` instead of `- name: …`' : undefined;
    source.report(node, {
      code: 'WRONG_TYPE',
      message: `rules must be a mapping from names to rules, this is ${kindOf(node)}`,
      hint,
    });
    return [];
  }
  return source.members(node).flatMap((member) => compileRule(source, env, member) ?? []);
}

function compileRule(source: YamlSource, env: RenderEnv, member: Member): NativeRule | null {
  const { key: name, keyNode, value: body } = member;
  if (!isMap(body)) {
    source.report(body ?? keyNode, {
      code: 'WRONG_TYPE',
      message: `rule ${name} must be a mapping, this is ${kindOf(body)}`,
      hint: 'a rule has `on` (tag globs) and `do` (actions), and may have `if` and `vars`',
    });
    return null;
  }
  const members = takeMembers(source, source.members(body), vocabulary);
  const globs = compileOn(source, name, keyNode, members.get('on'));
  const vars = compileVars(source, env, members.get('vars')?.value);
  const condition = compileIf(source, env, members.get('if'));
  const actions = compileDo(source, env, name, keyNode, members.get('do'));
  const concurrency = compileConcurrency(source, members.get('concurrency'));
  if (globs === null || vars === null || condition === undefined || actions === null) return null;
  if (concurrency === undefined) return null;
  const used = new Set(condition?.parts.flatMap((part) => part.paths.map(([first]) => first)));
  const varsFirst = vars.some(([variable]) => used.has(variable));
  const place = source.place(keyNode);
  return { kind: 'native', name, globs, ...place, vars, varsFirst, condition, concurrency, actions };
}

/** The globs of an `on`: one or a list. */
export function compileOn(
  source: YamlSource,
  name: string,
  keyNode: YamlNode,
  member: Member | undefined,
): string[] | null {
  if (member === undefined) {
    source.report(keyNode, {
      code: 'MISSING_KEY',
      message: `rule ${name} has no on`,
      hint: "say which tags it watches: `on: 'salt/job/*/ret/*'`",
    });
    return null;
  }
  const nodes = isSeq(member.value) ? member.value.items.map((item) => source.follow(item)) : [member.value];
  const globs = nodes.map((node) => globOf(source, node ?? member.keyNode));
  if (globs.length === 0)
    source.report(member.value, { code: 'WRONG_TYPE', message: 'on is empty: the rule watches nothing' });
  return globs.length > 0 && globs.every((glob) => glob !== null) ? globs : null;
}

function globOf(source: YamlSource, node: YamlNode): string | null {
  if (isScalar(node) && typeof node.value === 'string' && node.value !== '') {
    if (node.value.length <= globCharsMax) {
      source.watches(node, node.value);
      return node.value;
    }
    source.report(node, { code: 'TOO_LARGE', message: `a tag glob has at most ${globCharsMax} characters` });
    return null;
  }
  source.report(node, { code: 'WRONG_TYPE', message: `a tag glob is text, this is ${kindOf(node)}` });
  return null;
}

function compileVars(
  source: YamlSource,
  env: RenderEnv,
  node: YamlNode | undefined,
): (readonly [string, Expression])[] | null {
  if (node === undefined || node === null) return [];
  if (!isMap(node)) {
    source.report(node, {
      code: 'WRONG_TYPE',
      message: `vars must be a mapping from names to expressions, this is ${kindOf(node)}`,
    });
    return null;
  }
  const vars: (readonly [string, Expression])[] = [];
  let ok = true;
  for (const { key, keyNode, value } of source.members(node)) {
    const nameFault = !/^[A-Za-z_]\w*$/.test(key)
      ? `${key} cannot be the name of a variable`
      : taken.includes(key)
        ? `${key} is what the event brings; a variable needs another name`
        : undefined;
    if (nameFault !== undefined) source.report(keyNode, { code: 'BAD_NAME', message: nameFault });
    const expression = compileExpressionAt(source, env, value ?? keyNode, `variable ${key}`);
    if (nameFault === undefined && expression !== null) vars.push([key, expression]);
    else ok = false;
  }
  return ok ? vars : null;
}

function compileExpressionAt(
  source: YamlSource,
  env: RenderEnv,
  node: YamlNode,
  what: string,
): Expression | null {
  const text = expressionText(source, node, what);
  if (text === null || !isScalar(node)) return null;
  const written = { ...source.textPlace(node), text };
  const compiled = compileExpression(written, env);
  if (compiled.ok) source.written(written, 'expression');
  if (compiled.ok) return compiled.value;
  source.add(compiled.problems);
  return null;
}

/** The condition of an `if`: null without one, undefined when it has problems. */
export function compileIf(
  source: YamlSource,
  env: RenderEnv,
  member: Member | undefined,
): Condition | null | undefined {
  if (member === undefined) return null;
  const { value, keyNode } = member;
  const text = expressionText(source, value ?? keyNode, 'if');
  if (text === null || !isScalar(value)) return undefined;
  return compileCondition(source, env, text, source.textPlace(value)) ?? undefined;
}

/** Text of an expression; numbers and `true` written plainly are expressions too. */
function expressionText(source: YamlSource, node: YamlNode, what: string): string | null {
  if (!isScalar(node) || node.value === null) {
    source.report(node, {
      code: 'WRONG_TYPE',
      message: `${what} must be an expression, this is ${kindOf(node)}`,
      hint: 'quote it when it holds brackets or colons: "data[\'return\'] == {}"',
    });
    return null;
  }
  const text = typeof node.value === 'string' ? node.value : (node.source ?? '');
  if (!text.includes('{{') && !text.includes('{%')) return text;
  source.report(node, {
    code: 'TEMPLATE_IN_EXPRESSION',
    message: `${what} is an expression already`,
    hint: 'write it without {{ }}',
  });
  return null;
}

function compileDo(
  source: YamlSource,
  env: RenderEnv,
  name: string,
  keyNode: YamlNode,
  member: Member | undefined,
): ActionTemplate[] | null {
  if (member !== undefined && isSeq(member.value) && member.value.items.length > 0)
    return compileActions(source, env, member.value);
  source.report(member?.value ?? keyNode, {
    code: member === undefined ? 'MISSING_KEY' : 'WRONG_TYPE',
    message:
      member === undefined
        ? `rule ${name} has no do`
        : `do must be a list of actions, this is ${isSeq(member.value) ? 'an empty one' : kindOf(member.value)}`,
    hint: "for example `- local.service.restart: {tgt: '{{ data.id }}', args: {name: nginx}}`",
  });
  return null;
}
