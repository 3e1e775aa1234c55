import { parseArgs } from 'node:util';
import type { Command, CommandContext } from './command.js';
import { demo } from './commands/demo.js';
import { sandbox } from './commands/sandbox.js';

const commands: readonly Command[] = [demo, sandbox];

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

Example:
  npx momo-collections demo
`;
}

/** The program without its process: arguments in, exit code out. */
export async function run(
  argv: readonly string[],
  { version, ...context }: CommandContext & { readonly version: string },
): Promise<number> {
  const { terminal } = context;
  const [first, ...rest] = argv;
  const refuse = (problem: string, about = '') => {
    terminal.writeError(`${problem}\nTry: momo-collections ${about}--help\n`);
    return 2;
  };
  if (first === undefined || first === '--help' || first === '-h' || (first === 'help' && rest.length === 0)) {
    terminal.write(overview());
    return 0;
  }
  if (first === '--version' || first === '-v') {
    terminal.write(`${version}\n`);
    return 0;
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
  const { help, options } = command;
  let values: ReturnType<typeof parseArgs>['values'];
  try {
    ({ values } = parseArgs({
      args: rest.filter((_, index) => first !== 'help' || index > 0),
      options: { ...options, help: { type: 'boolean', short: 'h' } },
    }));
  } catch (error) {
    // Node's own words name the argument; its advice about positionals is of no use here.
    const [problem] = (error as Error).message.split('. ');
    return refuse(`${problem?.replace(/\.$/, '')}.`, `${command.name} `);
  }
  if (first === 'help' || values.help === true) {
    terminal.write(help);
    return 0;
  }
  return command.run(values, context);
}
