import { type Command, InvalidArgumentError } from 'commander';
import { type CmdOptions, type JobNews, LocalClient, type PublishedJob } from '../../client/index.ts';
import { flatArguments, mapOf, type Value, type ValueMap } from '../../core/index.ts';
import { systemClock } from '../../system/index.ts';
import { type Context, contextOf, withMaster } from '../context.ts';
import { exitCodes } from '../failure.ts';
import { parseArguments } from '../input/arguments.ts';
import { progressLine } from '../output/progress.ts';
import type { Register } from '../register.ts';

interface CmdFlags {
  readonly list?: true;
  readonly pcre?: true;
  readonly grain?: true;
  readonly grainPcre?: true;
  readonly compound?: true;
  readonly nodegroup?: true;
  readonly ipcidr?: true;
  readonly async?: true;
  readonly static?: true;
  readonly verbose?: true;
  readonly timeout?: number;
  readonly gatherJobTimeout?: number;
  readonly batch?: string;
  readonly parse?: string | true;
}

export const registerCmd: Register = (program, io, act) => {
  program
    .command('cmd')
    .summary('run a function on minions')
    .description('Runs a function on the minions that match the target, as `salt` does.')
    .argument('<target>', 'which minions; a glob on their ids unless an option says otherwise')
    .argument('<function>', 'such as test.ping')
    .argument('[args...]', 'positional arguments and name=value, read as YAML')
    .option('-L, --list', 'the target is a list of ids with commas')
    .option('-E, --pcre', 'the target is a regular expression')
    .option('-G, --grain', 'the target is grain:glob')
    .option('-P, --grain-pcre', 'the target is grain:regular expression')
    .option('-C, --compound', 'the target is a compound expression')
    .option('-N, --nodegroup', 'the target is the name of a nodegroup')
    .option('-S, --ipcidr', 'the target is an address or a subnet')
    .option('--async', 'print the job id and do not wait')
    .option('-t, --timeout <seconds>', 'wait so long for returns before asking who is at work', seconds)
    .option('--gather-job-timeout <seconds>', 'wait so long for the answers', seconds)
    .option('-b, --batch <size>', 'run on so many minions at once: a number, or a percentage')
    .option('--static', 'print all returns together at the end')
    .option('-v, --verbose', 'print the job id first')
    .option('--no-parse <names>', 'keyword arguments to take as text, with commas')
    .action(
      act((target: string, fun: string, words: string[], flags: CmdFlags, command: Command) =>
        runCmd(contextOf(command, io), { target, fun, words, flags }),
      ),
    );
};

interface Call {
  readonly target: string;
  readonly fun: string;
  readonly words: readonly string[];
  readonly flags: CmdFlags;
}

function runCmd(context: Context, call: Call): Promise<number> {
  return withMaster(context, async (master) => {
    const client = new LocalClient(master, systemClock);
    const noParse = typeof call.flags.parse === 'string' ? call.flags.parse.split(',') : [];
    const { arg, kwarg } = parseArguments(call.words, noParse);
    const options = cmdOptions(context, call.flags);
    const flat = flatArguments(arg, kwarg);
    const target = targetOf(call);
    if (call.flags.async === true) {
      const jid = await client.cmdAsync(target, call.fun, flat, options);
      context.io.out(jid === null ? noMinions(call.target) : `Executed command with job ID: ${jid}\n`);
      return jid === null ? exitCodes.wrong : exitCodes.done;
    }
    const show = new Returns(context, call);
    for await (const news of client.follow(target, call.fun, flat, options, (job) => show.job(job)))
      show.news(news);
    return show.end();
  });
}

function cmdOptions(context: Context, flags: CmdFlags): CmdOptions {
  const { master } = context.settings;
  return {
    tgtType: targetType(flags),
    timeout: flags.timeout ?? master.timeoutS,
    gatherJobTimeout: flags.gatherJobTimeout ?? master.gatherJobTimeoutS,
    ...(flags.batch === undefined ? {} : { batch: flags.batch }),
  };
}

function targetType(flags: CmdFlags): string {
  if (flags.list) return 'list';
  if (flags.pcre) return 'pcre';
  if (flags.grain) return 'grain';
  if (flags.grainPcre) return 'grain_pcre';
  if (flags.compound) return 'compound';
  if (flags.nodegroup) return 'nodegroup';
  return flags.ipcidr ? 'ipcidr' : 'glob';
}

function targetOf(call: Call): string | string[] {
  if (!call.flags.list) return call.target;
  return call.target.split(',').flatMap((id) => id.trim() || []);
}

const noMinions = (target: string): string =>
  `No minions matched the target ${JSON.stringify(target)}. No command was sent, no jid was assigned.\n`;

/** Prints what comes back, and remembers whether it was all well. */
class Returns {
  readonly #context: Context;
  readonly #call: Call;
  readonly #progress: ReturnType<typeof progressLine>;
  readonly #kept: ValueMap = new Map();
  #open: Set<string> = new Set();
  #failed = false;
  #came = false;

  constructor(context: Context, call: Call) {
    this.#context = context;
    this.#call = call;
    this.#progress = progressLine(context.io);
  }

  job(job: PublishedJob): void {
    for (const id of job.minions) this.#open.add(id);
    if (this.#call.flags.verbose && job.jid !== null)
      this.#context.io.out(`Executing job with jid ${job.jid}\n${'-'.repeat(43)}\n\n`);
    this.#wait();
  }

  news(news: JobNews): void {
    switch (news.kind) {
      case 'return':
        this.#give(news.id, news.return.return);
        if (news.return.retcode !== 0 || !news.return.success) this.#failed = true;
        break;
      case 'silent':
        this.#failed = true;
        this.#give(
          news.id,
          news.connected ? 'Minion did not return. [No response]' : 'Minion did not return. [Not connected]',
        );
        break;
      case 'asking':
      case 'working':
        break;
    }
    this.#wait();
  }

  end(): number {
    this.#progress.clear();
    if (this.#call.flags.static) this.#context.print(this.#kept);
    if (!this.#came) this.#context.io.err('No minion returned.\n');
    return this.#failed || !this.#came ? exitCodes.failed : exitCodes.done;
  }

  #give(id: string, value: Value): void {
    this.#came = true;
    this.#open.delete(id);
    this.#progress.clear();
    if (this.#call.flags.static) this.#kept.set(id, value);
    else this.#context.print(mapOf({ [id]: value }));
  }

  #wait(): void {
    const ids = [...this.#open];
    const named = ids.slice(0, 5).join(', ') + (ids.length > 5 ? ` and ${ids.length - 5} more` : '');
    if (ids.length === 0) this.#progress.clear();
    else this.#progress.show(`waiting for ${named}`);
  }
}

/** An option's value as a number of seconds. */
export function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0 || value > 1e6)
    throw new InvalidArgumentError('give a number of seconds.');
  return value;
}
