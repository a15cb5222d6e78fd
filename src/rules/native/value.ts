import { isMap, isScalar, isSeq, type Scalar } from 'yaml';
import type { Problem, Value, ValueMap } from '../../core/index.ts';
import { type Context, compileLeaf, type RenderEnv } from '../../render/index.ts';
import { scalarValue, type YamlNode, type YamlSource } from '../files/yaml-source.ts';

/** Part of an action: a constant, or something made from the event. */
export type ValueTemplate =
  | { readonly constant: true; readonly value: Value }
  | { readonly constant: false; build(context: Context, problems: Problem[]): Value };

/** How deep and how large the value of one action may be written. */
const depthMax = 64;
const nodesMax = 20_000;

export interface Budget {
  nodes: number;
}

export function newBudget(): Budget {
  return { nodes: nodesMax };
}

/** Compiles a node: text with `{{ }}` is filled in for each event, everything else is as written. */
export function compileValue(
  source: YamlSource,
  env: RenderEnv,
  node: YamlNode,
  budget: Budget,
  depth = 0,
): ValueTemplate {
  budget.nodes -= 1;
  if (budget.nodes < 0 || depth > depthMax) {
    if (budget.nodes === -1 || depth > depthMax)
      source.report(node, { code: 'TOO_LARGE', message: 'this value is too large or nested too deeply' });
    return constant(null);
  }
  if (isScalar(node)) {
    const value = scalarValue(node);
    warnOfYes(source, node);
    if (typeof value !== 'string' || !hasTemplate(value)) return constant(value);
    const written = { ...source.textPlace(node), text: value };
    const leaf = compileLeaf(written, env);
    if (!leaf.ok) {
      source.add(leaf.problems);
      return constant(null);
    }
    source.written(written, 'template');
    const { value: template } = leaf;
    return {
      constant: false,
      build(context, problems) {
        const built = template.build(context);
        if (built.ok) return built.value;
        problems.push(...built.problems);
        return null;
      },
    };
  }
  if (isSeq(node))
    return listOf(
      node.items.map((item) => compileValue(source, env, source.follow(item), budget, depth + 1)),
    );
  if (isMap(node)) return compileMap(source, env, node, budget, depth);
  return constant(null);
}

/** In SLS files, which are YAML 1.1, these are true and false. */
function warnOfYes(source: YamlSource, node: Scalar): void {
  if (node.type !== 'PLAIN' || typeof node.value !== 'string' || !/^(?:yes|no|on|off)$/i.test(node.value))
    return;
  const meant = /^(?:yes|on)$/i.test(node.value) ? 'true' : 'false';
  source.report(node, {
    code: 'WRONG_TYPE',
    severity: 'warning',
    message: `${node.value} is text in a native rule`,
    hint: `write ${meant}, or '${node.value}' in quotes if you mean the text`,
  });
}

function compileMap(
  source: YamlSource,
  env: RenderEnv,
  node: YamlNode,
  budget: Budget,
  depth: number,
): ValueTemplate {
  const entries: (readonly [Value, ValueTemplate])[] = [];
  for (const { key, keyNode, value } of source.members(node)) {
    if (hasTemplate(key))
      source.report(keyNode, {
        code: 'TEMPLATE_IN_KEY',
        message: 'a key of a native rule cannot hold a template',
        hint: 'build the map in one value: \'{{ {"a": data.id} }}\'',
      });
    const written = isScalar(keyNode) ? scalarValue(keyNode) : key;
    entries.push([written, compileValue(source, env, value, budget, depth + 1)]);
  }
  return mapOfTemplates(entries);
}

function constant(value: Value): ValueTemplate {
  return { constant: true, value };
}

function listOf(items: readonly ValueTemplate[]): ValueTemplate {
  if (items.every((item) => item.constant)) return constant(items.map((item) => item.value));
  return {
    constant: false,
    build: (context, problems) => items.map((item) => buildValue(item, context, problems)),
  };
}

export function mapOfTemplates(entries: readonly (readonly [Value, ValueTemplate])[]): ValueTemplate {
  if (entries.every(([, item]) => item.constant)) {
    return constant(new Map(entries.map(([key, item]) => [key, item.constant ? item.value : null])));
  }
  return {
    constant: false,
    build(context, problems) {
      const map: ValueMap = new Map();
      for (const [key, item] of entries) map.set(key, buildValue(item, context, problems));
      return map;
    },
  };
}

export function buildValue(template: ValueTemplate, context: Context, problems: Problem[]): Value {
  return template.constant ? template.value : template.build(context, problems);
}

export function hasTemplate(text: string): boolean {
  return text.includes('{{') || text.includes('{%') || text.includes('{#');
}
