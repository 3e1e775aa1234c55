import { parseArgs } from 'node:util';
import { CommandError, runCommand } from './command.ts';

await runCommand(async ({ apps }) => {
  const { values } = parseArgs({ options: { name: { type: 'string' } } });
  const isDone = await apps.disable(values.name ?? '');
  if (!isDone) throw new CommandError('No app has this name: npm run disable-app -- --name shop');
  return `The key of "${values.name}" opens nothing any more. Open payments go on; a new key (npm run rotate-key) lets it in again.`;
});
