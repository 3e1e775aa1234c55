// Writes what each entry point exports, with its types, to etc/api/. With --check it compares instead, and fails on a
// change that was not announced by committing the new report.
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const root = fileURLToPath(new URL('..', import.meta.url));
const { exports } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));

mkdirSync(`${root}/etc/api`, { recursive: true });
let failed = false;
for (const [entry, target] of Object.entries(exports)) {
  if (typeof target === 'string') continue;
  const name = entry === '.' ? 'index' : entry.slice(2).replaceAll('/', '-');
  const extractorConfig = ExtractorConfig.prepare({
    packageJsonFullPath: `${root}/package.json`,
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: `${root}/${target.types}`,
      compiler: { tsconfigFilePath: `${root}/tsconfig.json` },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: `${root}/etc/api`,
        reportTempFolder: `${root}/node_modules/.cache/api`,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        extractorMessageReporting: { default: { logLevel: 'none' } },
        tsdocMessageReporting: { default: { logLevel: 'none' } },
        compilerMessageReporting: { default: { logLevel: 'warning' } },
      },
    },
  });
  const { succeeded, apiReportChanged } = Extractor.invoke(extractorConfig, {
    localBuild: !values.check,
    showVerboseMessages: false,
    messageCallback: (message) => {
      // Its own notices (an older bundled compiler, a report that was written) are not about our API.
      if (message.category === 'console') message.logLevel = 'none';
    },
  });
  if (values.check && apiReportChanged) {
    failed = true;
    console.error(
      `The public types of "${entry}" changed. If that is meant: npm run api, read the difference, commit it.`,
    );
  } else if (!succeeded) {
    failed = true;
  }
}
process.exitCode = failed ? 1 : 0;
if (!failed) console.log('public types: as in etc/api');
