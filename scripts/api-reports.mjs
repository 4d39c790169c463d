// The public API as text: etc/<entry>.api.md is what each entry point of the package exports, with its types. A change of
// the API shows as a change of these files.
//   node scripts/api-reports.mjs            fails where a report is not what lib/ exports
//   node scripts/api-reports.mjs --update   writes the reports
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const ROOT = join(import.meta.dirname, '..');
const ENTRIES = ['client', 'worker', 'workflows', 'emulator'];
const update = process.argv.includes('--update');

mkdirSync(join(ROOT, 'etc'), { recursive: true });
for (const entry of ENTRIES) {
  const declarations = join(ROOT, 'lib', entry, 'index.d.ts');
  if (!existsSync(declarations)) continue;
  const { succeeded } = Extractor.invoke(prepareConfig(entry, declarations), {
    localBuild: update,
    messageCallback: tell,
  });
  if (!succeeded) process.exitCode = 1;
}
if (process.exitCode)
  process.stderr.write('api-reports: see above; `node scripts/api-reports.mjs --update` writes them\n');

function prepareConfig(entry, mainEntryPointFilePath) {
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: ROOT,
      mainEntryPointFilePath,
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            ...{ target: 'es2022', lib: ['es2023'], types: ['node'], module: 'node16', moduleResolution: 'node16' },
            ...{ strict: true, skipLibCheck: true, esModuleInterop: true },
          },
          files: [mainEntryPointFilePath],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: `${entry}.api.md`,
        reportFolder: join(ROOT, 'etc'),
        reportTempFolder: join(ROOT, '.cache/api'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        extractorMessageReporting: {
          // Release tags are not used here: what an entry point exports is public.
          'ae-missing-release-tag': { logLevel: 'none' },
          'ae-forgotten-export': { logLevel: 'warning', addToApiReportFile: true },
        },
        // Doc comments are TSDoc for editors and typedoc, which know a few more tags.
        tsdocMessageReporting: { default: { logLevel: 'none' } },
      },
    },
    configObjectFullPath: join(ROOT, 'api-extractor.json'),
    packageJsonFullPath: join(ROOT, 'package.json'),
  });
}

/** Only what makes a report fail is shown. */
function tell(message) {
  if (message.logLevel === 'info' || message.logLevel === 'verbose') message.handled = true;
}
