/**
 * boto3 in a process of its own, as functions: each call is sent to boto3_calls.py as a line and answered with one. What
 * boto3 raises is thrown as a {@link Boto3Error}.
 */
import { join } from 'node:path';
import { startProcess } from '../support/processes';
import { pythonVariables, type EmulatorAddress } from '../support/python';
import { until } from '../support/until';

/** Longer than any waiter is told to wait. */
const ANSWER_LIMIT_MS = 60_000;

/** What boto3 raised: the name of the class, and what AWS said. */
export class Boto3Error extends Error {
  readonly class: string;
  readonly code: string | null;
  readonly status: number | null;
  readonly fields: Record<string, unknown>;

  constructor(raised: Pick<Boto3Error, 'class' | 'code' | 'status' | 'message' | 'fields'>) {
    super(raised.message);
    this.class = raised.class;
    this.code = raised.code;
    this.status = raised.status;
    this.fields = raised.fields;
  }
}

/** What boto3 answered; members are read as its documentation names them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- 40 shapes of a foreign library, each read once
export type Answer = any;

/** One member of each item of a list, or of each page. */
export function pluck(items: Answer, member: string): Answer[] {
  return (items as Record<string, unknown>[]).flatMap((item) => item[member]);
}

export interface Boto3 {
  call(service: string, method: string, callArguments?: object, options?: CallOptions): Promise<Answer>;
  /** All pages. */
  paginate(service: string, method: string, callArguments: object): Promise<Answer[]>;
  wait(service: string, waiter: string, callArguments: object): Promise<void>;
  /** URL of a method's request. */
  presign(service: string, method: string, callArguments: object, options?: CallOptions): Promise<string>;
}

interface CallOptions {
  /** boto3's `signature_version`. */
  signature?: string;
}

/** Python's bytes. */
export const bytes = (content: string | Buffer) => ({ $bytes: Buffer.from(content).toString('base64') });
export const readBytes = ({ $bytes }: { $bytes: string }): Buffer => Buffer.from($bytes, 'base64');

export function startBoto3(python: string, emulator: EmulatorAddress): Boto3 {
  const script = join(__dirname, 'boto3_calls.py');
  const child = startProcess(python, [script], { env: pythonVariables(emulator), stdin: true });
  let answersRead = 0;

  const ask = async (request: object): Promise<Answer> => {
    const lineBreaks = () => child.stdout().split('\n').length - 1;
    answersRead += 1;
    child.write(`${JSON.stringify(request)}\n`);
    await until(() => lineBreaks() >= answersRead || !child.isRunning(), {
      what: `boto3 to answer ${JSON.stringify(request).slice(0, 200)}`,
      limitMs: ANSWER_LIMIT_MS,
    });
    if (!child.isRunning()) throw new Error(`boto3 has ended: ${child.stderr()}`);
    const { result, error } = JSON.parse(child.stdout().split('\n')[answersRead - 1]!) as {
      result?: Answer;
      error?: ConstructorParameters<typeof Boto3Error>[0];
    };
    if (error !== undefined) throw new Boto3Error(error);
    return result;
  };
  return {
    call: (service, method, callArguments = {}, options = {}) =>
      ask({ service, method, arguments: callArguments, ...options }),
    paginate: (service, paginate, callArguments) => ask({ service, paginate, arguments: callArguments }),
    wait: (service, wait, callArguments) => ask({ service, wait, arguments: callArguments }),
    presign: (service, presign, callArguments, options = {}) =>
      ask({ service, presign, arguments: callArguments, ...options }),
  };
}
