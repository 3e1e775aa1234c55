// Proof that the packed tarball works for strangers: it is installed into fresh folders outside of this repository, and
// used there from ES modules, CommonJS, bundlers, the compilers and the shell. Run after `npm run build` and `npm ci` in
// this folder.

import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkBundlers } from './bundlers.mjs';
import { createReport } from './report.mjs';
import { checkBin, checkImports } from './runs.mjs';
import { checkTarball, packTwice } from './tarball.mjs';
import { checkTypes } from './types.mjs';
import { installConsumer, ownVersion } from './workshop.mjs';

const report = createReport();
const temp = await mkdtemp(join(await realpath(tmpdir()), 'momo-package-'));
try {
  const tarball = await packTwice(temp, report);
  const consumers = {
    /** As most install it: no msw. */
    plain: await installConsumer(temp, 'plain', [tarball.path]),
    msw3: await installConsumer(temp, 'msw3', [tarball.path, `msw@${await ownVersion('msw')}`]),
    /** The oldest that the peer range allows. */
    msw2: await installConsumer(temp, 'msw2', [tarball.path, `msw@${await ownVersion('msw-2')}`]),
  };
  await checkTarball(tarball, consumers.plain, report);
  await checkImports(consumers, report);
  await checkBin(consumers.plain, report);
  await checkBundlers(consumers.plain, report);
  await checkTypes(consumers, report);
} finally {
  await rm(temp, { recursive: true, force: true });
}
report.end();
