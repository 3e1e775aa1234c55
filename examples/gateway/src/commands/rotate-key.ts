import { parseArgs } from 'node:util';
import { CommandError, runCommand, say } from './command.ts';

await runCommand(async ({ apps }) => {
  const { values } = parseArgs({ options: { name: { type: 'string' } } });
  const key = await apps.rotate(values.name ?? '');
  if (key === undefined) throw new CommandError('No app has this name: npm run rotate-key -- --name shop');
  say(`The key of "${values.name}" is another from now on, for requests and for signatures:`);
  return key;
});
