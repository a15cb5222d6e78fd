import type { HookSettings, Settings } from '../../config/index.ts';
import { BrineError, type Clock } from '../../core/index.ts';
import { checks, type Judgement, type Received } from './checks.ts';
import { compileMapping, compileText, type Mapping, type MappingSource } from './mapping.ts';
import { Rate } from './rate.ts';
import { prefixOf, templateFault } from './tag.ts';

/** A named hook, ready to take deliveries. */
export interface Hook {
  readonly settings: HookSettings;
  /** What all its tags begin with. */
  readonly prefix: string;
  readonly tag: Mapping;
  /** null sends what came. */
  readonly data: Mapping | null;
  readonly delivery: Mapping | null;
  readonly rate: Rate;
  check(received: Received): Judgement;
}

/** Compiles the hooks of the configuration. Throws BAD_CONFIG with all that is wrong with them. */
export function compileHooks({ file, api, reactor }: Settings, clock: Clock): Map<string, Hook> {
  const faults: string[] = [];
  const { renderStepsMax: stepsMax, renderBytesMax: bytesMax } = reactor;
  const source: MappingSource = {
    file: file ?? 'configuration',
    env: { stepsMax, bytesMax, load: () => null },
    report: (where, message) => void faults.push(`api.hooks.${where}: ${message}`),
  };
  const hooks = api.hooks.map((settings) => [settings.name, compileHook(settings, source, clock)] as const);
  if (faults.length > 0)
    throw new BrineError('BAD_CONFIG', `The hooks cannot be served: ${faults.join('; ')}.`);
  return new Map(hooks);
}

function compileHook(settings: HookSettings, source: MappingSource, clock: Clock): Hook {
  const { name, tag, check, data, delivery, replayWindowMs, rate, burst } = settings;
  const fault = templateFault(tag);
  if (fault !== undefined) source.report(`${name}.tag`, fault);
  if (check.secret.fault !== undefined) source.report(`${name}.check.secret`, check.secret.fault);
  const checked = { ...check, secretText: check.secret.text ?? '', replayWindowMs };
  return {
    settings,
    prefix: prefixOf(tag),
    tag: compileText(tag, `${name}.tag`, source),
    data: data === null ? null : compileMapping(data, `${name}.data`, source),
    delivery: delivery === null ? null : compileText(delivery, `${name}.delivery`, source),
    rate: new Rate(clock, rate, burst),
    check: (received) => checks[check.kind](received, checked),
  };
}
