import { parseArgs } from 'node:util';
import type { Command, CommandContext, OptionValues } from './command.js';
import { reportFailure, usageFailure } from './command-failure.js';
import { demo } from './commands/demo.js';
import { doctor } from './commands/doctor.js';
import { pay } from './commands/pay.js';
import { provision } from './commands/provision.js';
import { sandbox } from './commands/sandbox.js';
import { status } from './commands/status.js';
import { exitCodes } from './exit-codes.js';

const commands: readonly Command[] = [demo, sandbox, provision, doctor, pay, status];

function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const list = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n');
  return `momo-collections: MTN Mobile Money Collections from the command line

Usage: momo-collections <command> [options]

Commands:
${list}

Options:
  --help     Shows this, or the help of a command
  --version  Shows the version

Configuration comes from MTN_… variables and from .env in the current folder.

Examples:
  npx momo-collections demo
  npx momo-collections pay '+46 733 123 999' 12.50
`;
}

/** The words beside the options, as many as the command takes. They are never quoted back: one may be a phone number. */
function checkWords({ name, words = [] }: Command, given: readonly string[]): void {
  const missing = words.slice(given.length).find(({ isOptional }) => !isOptional);
  if (missing) throw usageFailure(`${name} needs <${missing.name}>.`);
  if (given.length > words.length) {
    const takes = words.map((word) => `<${word.name}>`).join(' and ');
    throw usageFailure(`${name} takes ${takes} and nothing more: put quotes round a text with spaces.`);
  }
}

/** @throws CommandFailure `usage` */
function parse(command: Command, line: readonly string[]): { values: OptionValues; words: readonly string[] } {
  const { options, words, takesProgram = false } = command;
  const { args, program } = takesProgram ? splitProgram(line) : { args: line, program: [] };
  let parsed: { values: OptionValues; positionals: string[] };
  try {
    parsed = parseArgs({
      args: [...args],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: words !== undefined,
    });
  } catch (error) {
    // Node's own words name the argument; its advice about positionals is of no use here.
    const [problem] = (error as Error).message.split(/\. |\n/);
    throw usageFailure(`${problem?.replace(/\.$/, '')}.`);
  }
  if (parsed.values.help !== true) checkWords(command, parsed.positionals);
  return { values: parsed.values, words: takesProgram ? program : parsed.positionals };
}

/** What stands before `--`, and after it. The options of a program are its own. */
function splitProgram(line: readonly string[]): { args: readonly string[]; program: readonly string[] } {
  const end = line.indexOf('--');
  return end < 0 ? { args: line, program: [] } : { args: line.slice(0, end), program: line.slice(end + 1) };
}

/** The program without its process: arguments in, exit code out. */
export async function run(
  argv: readonly string[],
  { version, ...context }: CommandContext & { readonly version: string },
): Promise<number> {
  const { terminal } = context;
  const [first, ...rest] = argv;
  const isJson = splitProgram(rest).args.includes('--json');
  const refuse = (problem: string, about = '') =>
    reportFailure(terminal, isJson, usageFailure(`${problem}\nTry: momo-collections ${about}--help`));
  if (first === undefined || first === '--help' || first === '-h' || (first === 'help' && rest.length === 0)) {
    terminal.write(overview());
    return exitCodes.done;
  }
  if (first === '--version' || first === '-v') {
    terminal.write(`${version}\n`);
    return exitCodes.done;
  }
  const name = first === 'help' ? rest[0] : first;
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    const known = commands.map((candidate) => candidate.name).join(', ');
    return refuse(
      name?.startsWith('-')
        ? `There is no option ${name} here: the command comes first.`
        : `There is no command "${name}". Those there are: ${known}.`,
    );
  }
  let line: ReturnType<typeof parse>;
  try {
    line = parse(command, first === 'help' ? [...rest.slice(1), '--help'] : rest);
  } catch (error) {
    return refuse((error as Error).message, `${command.name} `);
  }
  if (line.values.help === true) {
    terminal.write(command.help);
    return exitCodes.done;
  }
  try {
    return await command.run(line.values, context, line.words);
  } catch (error) {
    return reportFailure(terminal, isJson, error);
  }
}
