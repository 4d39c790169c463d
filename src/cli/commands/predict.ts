/**
 * `predict ENDPOINT [FILE]`: asks an endpoint once. What is read is sent as it is, and what is answered is printed as it
 * is; only AWS is asked.
 */
import path from 'node:path';
import type { Command } from 'commander';
import { CommandFailure } from '../command-failure';
import { invoke, type CommonOptions, type ProgramContext } from '../invocation';
import { readInput } from '../read-input';

interface PredictOptions extends CommonOptions {
  contentType?: string;
  accept?: string;
}

const EXAMPLES = `Examples:
  $ temporal-sagemaker predict digits seven.csv
  $ echo '{"instances": [[0, 5, 13]]}' | temporal-sagemaker predict digits --content-type application/json
`;

/** The most that an invocation takes. */
const DATA_BYTES_MAX = 6 * 1024 * 1024;

/** What files of a common ending hold. */
const CONTENT_TYPES: Record<string, string> = {
  '.csv': 'text/csv',
  '.json': 'application/json',
  '.jsonl': 'application/jsonlines',
  '.npy': 'application/x-npy',
  '.txt': 'text/plain',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
};

interface Answer {
  bytes: Buffer;
  contentType: string;
}

export function addPredictCommand(program: Command, context: ProgramContext): void {
  program
    .command('predict')
    .description('ask an endpoint for a prediction, once')
    .addHelpText('before', EXAMPLES)
    .argument('<endpoint>', 'its name')
    .argument('[file]', 'the data, at most 6 MiB; without it or with -, standard input')
    .option('--content-type <type>', "what the data is (default: by the file's ending, else application/octet-stream)")
    .option('--accept <type>', "what the answer is to be (default: the model's choice)")
    .action(
      invoke<PredictOptions>(context, async ({ args, options, output, stdin, interrupted }) => {
        const [endpointName = '', file = '-'] = args;
        if (file === '-' && 'isTTY' in stdin && stdin.isTTY === true) {
          output.note('reading the data from standard input; Ctrl-D ends it');
        }
        const data = await readInput(
          { file, stdin },
          {
            name: 'the data',
            bytesMax: DATA_BYTES_MAX,
            fix: 'Name a file of at most 6 MiB, or - to read standard input.',
          },
        );
        if (data.length === 0) {
          throw new CommandFailure('InvalidInput', `there is nothing to predict: the data is empty [file=${file}]`, {
            fix: 'Send at least one value.',
          });
        }
        const contentType = options.contentType ?? contentTypeOf(file);
        const { RealTimePredictor } = await import('../../client/index.js');
        const predictor = new RealTimePredictor<Uint8Array, Answer>(endpointName, {
          contentType,
          ...(options.accept !== undefined && { accept: options.accept }),
          deserializer: (body, contentType) => ({
            bytes: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
            contentType,
          }),
        });
        try {
          const answer = await predictor.predict(data, { signal: interrupted });
          output.result({ endpointName, contentType: answer.contentType, ...encode(answer.bytes) }, answer.bytes);
        } finally {
          predictor.close();
        }
      }),
    );
}

function contentTypeOf(file: string): string {
  return CONTENT_TYPES[path.extname(file).toLowerCase()] ?? 'application/octet-stream';
}

/** Text where the bytes are text, whatever the model calls them. */
function encode(bytes: Buffer): { encoding: 'utf8' | 'base64'; body: string } {
  const text = bytes.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(bytes)) return { encoding: 'utf8', body: text };
  return { encoding: 'base64', body: bytes.toString('base64') };
}
