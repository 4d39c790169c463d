// docs/errors.md, made from the table of failures. `node scripts/errors-page.cjs` writes it from the built lib/; a test
// compares it with the sources.
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const PAGE = join(__dirname, '../docs/errors.md');
/** A message of each code, as test/integration/every-code.test.ts has raised it. */
const EXAMPLES = join(__dirname, 'error-examples.json');

/** Who meets a code: a run, whose failure then has it as its type, or the client alone. */
const FROM = {
  InvalidInput: 'a run (its first step, or AWS), the client before it starts one, and a prediction before it is sent',
  AccessDenied: 'a run, and the client where AWS or Temporal refuses it',
  NameTaken: 'a run',
  RunConflict: 'the client',
  LimitExceeded: 'a run',
  RoleNotAssumable: 'a run',
  ArtefactMissing: 'a run',
  TrainingJobFailed: 'a run',
  TrainingJobStopped: 'a run',
  TrainingJobTimedOut: 'a run',
  TrainingJobNotFound: 'a run',
  EndpointFailed: 'a run',
  EndpointRolledBack: 'a run',
  EndpointTimedOut: 'a run',
  EndpointNotFound: 'a run, and a prediction',
  ModelError: 'a prediction',
  TemporalUnreachable: 'the client, and a run of sweep, which asks Temporal about other runs',
  AwsUnreachable: 'a run, and the client where it reads logs or predicts',
  RunNotFound: 'the client',
  RunTerminated: 'the client',
  PayloadUnreadable: 'the client; a run of which no worker had the key for as long as a step is tried',
  Cancelled: 'the client, of a run that ended as Cancelled in Temporal',
  Internal: 'anything',
};

/** What a run tries again by itself before it fails; everything that is not here fails at once. */
const TRIED_AGAIN = {
  AwsUnreachable:
    'the first step for an hour; creates for six hours, updates of an endpoint forty times, with pauses of up to five ' +
    'minutes that a cancel cuts short; reads for two hours; stops and deletes until AWS has answered. Waiting for a job ' +
    'or an endpoint never ends for it.',
  RoleNotAssumable: 'creates for 90 seconds, since IAM takes up to a minute to spread a new role.',
};

/** What the `outcome` of a failure's details tells beside its code; codes that are not here have none. */
const OUTCOMES = {
  LimitExceeded:
    "`over quota`, with the quota's name, limit and use where AWS tells them; or `failed`, of a training job or an endpoint, " +
    'by `capacity`. A run does not wait for either: what others end is not ours to know.',
  ArtefactMissing: '`completed`, where this run saw the training job end so',
  TrainingJobFailed:
    "`failed`, by `algorithm`, `client`, `internal` or `unknown`, as AWS's reason begins; `leftModelData` where model data " +
    'stands all the same, perhaps in part',
  TrainingJobStopped: '`stopped`, by `person` or `unknown`; `leftModelData` where it left a model',
  TrainingJobTimedOut:
    "`stopped`, by `max-runtime`, `max-wait` or the run's own `deadline`; `leftModelData` where it left a model; or " +
    "`unfinished`, where the run's stop was not seen to take effect",
  TrainingJobNotFound: '`deleted`, where it was there when the run began to wait for it',
  EndpointFailed:
    '`failed`; `superseded`, with the config that serves since; or `rollback failed`: it serves a mix of old and new, ' +
    'and nothing of it was deleted',
  EndpointRolledBack: '`rolled back`, with the config that serves as before',
  EndpointTimedOut: '`unfinished`, with the status in which it was seen last',
  EndpointNotFound: '`deleted`, where it was there when the run began to wait for it',
};

const EXIT_CODES = {
  0: 'what was asked for is reached',
  1: 'a bug, or what this version does not know',
  2: 'wrong usage or input',
  3: 'not found',
  4: 'permission',
  5: 'the job or endpoint failed, was stopped or was cancelled',
  6: 'conflict',
  7: '`--timeout` ran out; the run goes on',
  8: 'Temporal or AWS does not answer',
  9: 'quota or capacity',
  129: 'interrupted by SIGHUP, as of a terminal that was closed; the run goes on',
  130: 'interrupted by Ctrl-C; the run goes on',
  143: 'interrupted by SIGTERM; the run goes on',
};

const HEAD = `# Errors

Made from the table of failures in \`src/domain/failures.ts\` by \`npm run errors-page\`.

A code is the same everywhere: the \`type\` of a workflow's ApplicationFailure, the \`code\` of the client's
\`SageMakerError\`, and the \`code\` in the last line that a command prints with \`--json\`. The failure's \`details\` hold, where
they are known, AWS's own words (\`reason\`) and its \`requestId\`, what became of the training job or the endpoint
(\`outcome\`, told apart by its \`resource\` and \`kind\`), every problem of an input (\`problems\`), the fields in which a
taken name differs (\`differences\`, never secret values), the container's last log lines (\`logTail\`), the training job, the
model data, the endpoint, and the ledger of what the run made.

The client's messages are made of these: what happened, with its coordinates; the last five log lines where a container
ran; what to do; and where to look, with AWS's request id. The examples are what the tests have raised.

What happens to a worker, to Temporal's server or to a connection is no error of a run: it goes on when they are back.
`;

function renderErrorsPage(failures, examples) {
  const codes = Object.entries(failures);
  const exits = Object.entries(EXIT_CODES).map(([exitCode, meaning]) => {
    const named = codes.filter(([, kind]) => kind.exitCode === Number(exitCode)).map(([code]) => `\`${code}\``);
    return `- ${exitCode}: ${meaning}${named.length > 0 ? ` (${named.join(', ')})` : ''}`;
  });
  const sections = codes.map(([code, { what, fix, exitCode }]) =>
    [
      `## ${code}\n`,
      `${what}\n`,
      `<!-- run by errors.test.ts -->\n\n\`\`\`text\n${examples[code]}\n\`\`\`\n`,
      `- What to do: ${fix}`,
      `- Met by: ${FROM[code]}`,
      ...(OUTCOMES[code] === undefined ? [] : [`- Outcome: ${OUTCOMES[code]}`]),
      `- Tried again: ${TRIED_AGAIN[code] ?? 'no'}`,
      `- Exit code: ${exitCode}\n`,
    ].join('\n'),
  );
  return [HEAD, '## Exit codes\n', `${exits.join('\n')}\n`, ...sections].join('\n');
}

module.exports = { renderErrorsPage, FROM, OUTCOMES, TRIED_AGAIN, EXIT_CODES, PAGE, EXAMPLES };

if (require.main === module) {
  const { FAILURES } = require('../lib/domain/failures.js');
  const page = renderErrorsPage(FAILURES, JSON.parse(readFileSync(EXAMPLES, 'utf8')));
  if (page !== readIfThere()) writeFileSync(PAGE, page);
}

function readIfThere() {
  try {
    return readFileSync(PAGE, 'utf8');
  } catch {
    return '';
  }
}
