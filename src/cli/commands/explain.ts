import type { Command } from 'commander';
import { type Action, describeAction, mapOf, reactionToValue, toJson, type Value } from '../../core/index.ts';
import { explain, type RuleDecision } from '../../engine/index.ts';
import { emptyFlowState } from '../../flow/index.ts';
import { systemClock } from '../../system/index.ts';
import { type Context, contextOf } from '../context.ts';
import { exitCodes, problemsText } from '../failure.ts';
import { eventData } from '../input/data.ts';
import type { Paint } from '../output/paint.ts';
import { eventFrom, hasErrors, loadReactors } from '../reactors.ts';
import type { Register } from '../register.ts';
import { problemValue } from './check.ts';

interface ExplainFlags {
  readonly tag: string;
  readonly data?: string;
  readonly json?: true;
  readonly all?: true;
}

export const registerExplain: Register = (program, io, act) => {
  program
    .command('explain')
    .summary('show what the rules would do with an event')
    .description('Shows what each rule would do with an event, and why; nothing is done.')
    .requiredOption('--tag <tag>', "the event's tag")
    .option('--data <json>', "the event's data: JSON, or @FILE")
    .option('--json', 'print one JSON object: event, rules')
    .option('--all', 'show the rules that do not watch this tag too')
    .action(
      act((flags: ExplainFlags, command: Command) =>
        Promise.resolve(explainEvent(contextOf(command, io), flags)),
      ),
    );
};

function explainEvent(context: Context, flags: ExplainFlags): number {
  const { io, settings, paint } = context;
  const event = eventFrom(flags.tag, eventData(flags.data, io.cwd));
  const { ruleSet, problems } = loadReactors(settings);
  const broken = problems.filter(({ severity }) => severity === 'error');
  const decisions = explain(ruleSet, emptyFlowState, event, systemClock.nowMs(), flags.all === true);
  if (flags.json === true) {
    const shown = mapOf({ tag: event.tag, data: event.data });
    io.out(`${toJson(mapOf({ event: shown, rules: decisions.map(decisionValue) }), { compact: true })}\n`);
  } else {
    for (const decision of decisions) io.out(decisionText(decision, paint));
    if (decisions.length === 0) io.out(`No rule watches ${flags.tag}; --all shows why not.\n`);
  }
  io.err(problemsText(broken));
  return hasErrors(problems) ? exitCodes.wrong : exitCodes.done;
}

function decisionValue(decision: RuleDecision): Value {
  const { rule, verdict, reason, actions, problems } = decision;
  return mapOf({
    rule,
    verdict,
    reason,
    actions: actions.map(actionValue),
    problems: problems.length === 0 ? undefined : problems.map(problemValue),
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
  return head + actions.join('') + problemsText(decision.problems);
}
