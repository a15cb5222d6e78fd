import type { Command } from 'commander';
import {
  type Action,
  BrineError,
  describeAction,
  type Event,
  mapOf,
  reactionToValue,
  shownLookup,
  toJson,
  type Value,
} from '../../core/index.ts';
import { decide, explain, type RuleDecision } from '../../engine/index.ts';
import { emptyFlowState } from '../../flow/index.ts';
import { systemClock } from '../../system/index.ts';
import { askSystem } from '../ask-system.ts';
import { type Context, contextOf } from '../context.ts';
import { exitCodes, problemsText } from '../failure.ts';
import { collected, type GivenAnswers, givenAnswers } from '../input/answers.ts';
import { eventData } from '../input/data.ts';
import { lookupLines, needLines, needValue } from '../output/lookup-lines.ts';
import type { Paint } from '../output/paint.ts';
import { eventFrom, hasErrors, loadReactors } from '../reactors.ts';
import type { Register } from '../register.ts';
import { storedEvent } from '../stored-event.ts';
import { problemValue } from './check.ts';

interface ExplainFlags {
  readonly tag?: string;
  readonly data?: string;
  readonly event?: string;
  readonly json?: true;
  readonly all?: true;
  readonly lookup?: readonly string[];
  readonly ask?: true;
}

export const registerExplain: Register = (program, io, act) => {
  program
    .command('explain')
    .summary('show what the rules would do with an event')
    .description('Shows what each rule would do with an event, and why; nothing is done.')
    .option('--tag <tag>', "the event's tag")
    .option('--data <json>', "the event's data: JSON, or @FILE")
    .option('--event <id>', "instead of them an event of the master's log, with the answers that decided it")
    .option(
      '--lookup <call=json>',
      'what salt[…] answers: mod.fn=JSON or mod.fn(args)=JSON; repeatable',
      collected,
    )
    .option('--ask', 'ask the running system what templates ask')
    .option('--json', 'print one JSON object: event, rules')
    .option('--all', 'show the rules that do not watch this tag too')
    .action(act((flags: ExplainFlags, command: Command) => explainEvent(contextOf(command, io), flags)));
};

async function explainEvent(context: Context, flags: ExplainFlags): Promise<number> {
  const { io, settings, paint } = context;
  const answers = givenAnswers(flags.lookup);
  const event = await eventOf(context, flags, answers);
  const loaded = loadReactors(settings);
  const { problems } = loaded;
  const ruleSet = { ...loaded.ruleSet, lookups: answers.policyOver(loaded.ruleSet.lookups) };
  const nowMs = systemClock.nowMs();
  const needed = (): ReturnType<typeof decide>['needs'] =>
    decide(ruleSet, emptyFlowState, event, nowMs, answers).needs;
  if (flags.ask === true) await askSystem(context, answers, needed);
  const broken = problems.filter(({ severity }) => severity === 'error');
  const decisions = explain(ruleSet, emptyFlowState, event, nowMs, flags.all === true, answers);
  const needs = needed();
  if (flags.json === true) {
    const shown = mapOf({ tag: event.tag, data: event.data });
    const wanted = needs.length === 0 ? undefined : needs.map(needValue);
    const all = mapOf({ event: shown, rules: decisions.map(decisionValue), needs: wanted });
    io.out(`${toJson(all, { compact: true })}\n`);
  } else {
    for (const decision of decisions) io.out(decisionText(decision, paint));
    if (decisions.length === 0) io.out(`No rule watches ${event.tag}; --all shows why not.\n`);
  }
  io.err(problemsText(broken) + (flags.json === true ? '' : needLines(needs)));
  return hasErrors(problems) ? exitCodes.wrong : exitCodes.done;
}

/** The event of the flags, or of the log; then what was told for it comes along, beside what is given by hand. */
async function eventOf(context: Context, flags: ExplainFlags, answers: GivenAnswers): Promise<Event> {
  const { tag, data, event: id } = flags;
  if (id !== undefined && tag === undefined && data === undefined) {
    const { event, answers: told } = await storedEvent(context, id);
    for (const [key, answer] of told) if (answers.get(key) === undefined) answers.set(key, answer);
    return event;
  }
  if (tag === undefined || id !== undefined)
    throw new BrineError('BAD_ARGUMENT', 'Give --tag, with --data or without, or --event alone.');
  return eventFrom(tag, eventData(data, context.io.cwd));
}

function decisionValue(decision: RuleDecision): Value {
  const { rule, verdict, reason, actions, problems, lookups } = decision;
  return mapOf({
    rule,
    verdict,
    reason,
    actions: actions.map(actionValue),
    problems: problems.length === 0 ? undefined : problems.map(problemValue),
    lookups: lookups?.map(shownLookup),
  });
}

/** An action for machines, as it would travel. */
function actionValue(action: Action): Value {
  const cause = { event: '', rule: '' };
  return reactionToValue({ id: '', jid: '', cause, depth: 0, action }).get('action') ?? null;
}

function decisionText(decision: RuleDecision, paint: Paint): string {
  const colour =
    decision.verdict === 'fired' ? paint.good : decision.verdict === 'problem' ? paint.bad : paint.dim;
  const head = `${decision.rule}: ${colour(decision.verdict)}, ${decision.reason}\n`;
  const actions = decision.actions.map((action) => `  would do: ${describeAction(action)}\n`);
  return (
    head + lookupLines(decision.lookups ?? [], '  ') + actions.join('') + problemsText(decision.problems)
  );
}
