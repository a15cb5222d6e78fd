import { type Command, Option } from 'commander';
import {
  type AnsweredLookup,
  type Answers,
  type Lookup,
  type LowChunk,
  mapOf,
  type Problem,
  shownLookup,
  toJson,
} from '../../core/index.ts';
import { Desk, slsContext, withDesk } from '../../engine/index.ts';
import { actionOf, compileHigh, type HighFile, type SaltRelease } from '../../rules/index.ts';
import { askSystem } from '../ask-system.ts';
import { type Context, contextOf } from '../context.ts';
import { exitCodes, problemsText } from '../failure.ts';
import { collected, type GivenAnswers, givenAnswers } from '../input/answers.ts';
import { eventData } from '../input/data.ts';
import { lookupLines, needLines, needValue } from '../output/lookup-lines.ts';
import { eventFrom, hasErrors, type LoadedRules, loadSls } from '../reactors.ts';
import type { Register } from '../register.ts';

interface RenderFlags {
  readonly tag: string;
  readonly data?: string;
  readonly saltCompat?: '3006' | '3007' | '3008';
  readonly json?: true;
  readonly lookup?: readonly string[];
  readonly ask?: true;
}

export const registerRender: Register = (program, io, act) => {
  program
    .command('render')
    .summary('show what an SLS file asks for')
    .description(
      'Renders an SLS file for an event and shows the low chunks, in the order in which they are dispatched.',
    )
    .argument('<sls>', 'a file, or salt://path')
    .requiredOption('--tag <tag>', "the event's tag")
    .option('--data <json>', "the event's data: JSON, or @FILE")
    .addOption(
      new Option('--salt-compat <line>', 'compile as this Salt release does').choices([
        '3006',
        '3007',
        '3008',
      ]),
    )
    .option(
      '--lookup <call=json>',
      'what salt[…] answers: mod.fn=JSON or mod.fn(args)=JSON; repeatable',
      collected,
    )
    .option('--ask', 'ask the running system what templates ask')
    .option('--json', 'print one JSON object: chunks, problems')
    .action(
      act((sls: string, flags: RenderFlags, command: Command) => render(contextOf(command, io), sls, flags)),
    );
};

async function render(context: Context, sls: string, flags: RenderFlags): Promise<number> {
  const { io, settings } = context;
  const data = eventData(flags.data, io.cwd);
  const loaded = loadSls(settings, sls, io.cwd, releaseOf(flags));
  const answers = givenAnswers(flags.lookup);
  const once = (): Rendered => chunksOf(loaded, flags.tag, data, answers);
  if (flags.ask === true) await askSystem(context, answers, () => once().needs);
  const { chunks, problems, needs, lookups } = once();
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (flags.json === true) {
    const found = errors.map(({ code, message, file, line, column }) =>
      mapOf({ code, message, file, line, column }),
    );
    const shown = mapOf({
      chunks: chunks.map(withoutFile),
      problems: found,
      needs: needs.length === 0 ? undefined : needs.map(needValue),
      lookups: lookups.length === 0 ? undefined : lookups.map(shownLookup),
    });
    io.out(`${toJson(shown, { compact: true })}\n`);
  } else {
    io.err(lookupLines(lookups) + problemsText(problems) + needLines(needs));
    if (chunks.length > 0) context.print(chunks.map(withoutFile), 'yaml');
    else io.err('No reactions.\n');
  }
  return hasErrors(problems) ? exitCodes.failed : exitCodes.done;
}

function releaseOf({ saltCompat }: RenderFlags): SaltRelease | undefined {
  return saltCompat === undefined ? undefined : (Number(saltCompat) as SaltRelease);
}

interface Rendered {
  readonly chunks: readonly LowChunk[];
  readonly problems: readonly Problem[];
  readonly needs: readonly Lookup[];
  readonly lookups: readonly AnsweredLookup[];
}

/** The same steps as in the engine, without its guards: what is asked is what the file says. */
function chunksOf(
  loaded: LoadedRules,
  tag: string,
  data: ReturnType<typeof eventData>,
  answers: GivenAnswers & Answers,
): Rendered {
  const event = eventFrom(tag, data);
  const desk = new Desk(answers.policyOver(loaded.ruleSet.lookups), answers);
  const problems = [...loaded.problems];
  const high: HighFile[] = [];
  for (const rule of loaded.ruleSet.rules) {
    if (rule.kind !== 'salt') continue;
    for (const { file, template } of rule.sls) {
      const rendered = template.render(
        withDesk(slsContext(event, file, loaded.ruleSet.facts), desk),
        problems,
      );
      if (rendered.ok) high.push({ file, high: rendered.value, lineOf: (id) => template.lineOf(id) });
      else problems.push(...rendered.problems);
    }
  }
  const compiled = compileHigh(high, loaded.ruleSet.saltCompat);
  problems.push(...compiled.problems);
  for (const chunk of compiled.chunks) {
    const action = actionOf(chunk, high[0]?.file ?? '');
    if (!action.ok) problems.push(...action.problems);
  }
  return { chunks: compiled.chunks, problems, needs: desk.needs, lookups: desk.usedBy('') };
}

function withoutFile(chunk: LowChunk): LowChunk {
  const shown = new Map(chunk);
  shown.delete('__sls__');
  return shown;
}
