/**
 * The one error of this room: keys that cannot be used, and payloads that cannot be read. Thrown by the codec and by the
 * reader of key files; the client and the worker turn it into an error of theirs with the same code.
 */

/** What is known of a {@link PayloadError} beside its code and its reason. */
export interface PayloadErrorDetails {
  /** What to do about it. */
  fix: string;
  /** The key that a payload names, where it names one. */
  keyId?: string;
  /** Everything that is wrong with the keys. */
  problems?: string[];
}

/**
 * Why keys cannot be used (`InvalidInput`), or a payload cannot be read (`PayloadUnreadable`). Never tells a key or any part
 * of a payload's content.
 *
 * A `SageMakerError` or a `WorkerError` where it comes out of this package's client or worker; as it is, where a codec is
 * used by hand or by a Temporal client of one's own.
 *
 * @example
 * ```ts
 * import { createPayloadCodec, PayloadError } from 'temporal-sagemaker/client';
 *
 * try {
 *   createPayloadCodec({ keys: { '2026-03': 'too short' }, activeKeyId: '2026-03' });
 * } catch (error) {
 *   if (!(error instanceof PayloadError)) throw error;
 *   console.log(error.code, error.problems);
 * }
 * ```
 */
export class PayloadError extends Error {
  /** Always `PayloadError`. */
  override readonly name = 'PayloadError';
  /** What to switch on. */
  readonly code: 'InvalidInput' | 'PayloadUnreadable';
  /** What happened. */
  readonly why: string;
  /** What to do about it. */
  readonly fix: string;
  /** The key that the payload names, where it names one. */
  readonly keyId: string | undefined;
  /** Everything that is wrong with the keys. */
  readonly problems: readonly string[];

  /** Made by this package; a test of your own may make one. */
  constructor(code: PayloadError['code'], why: string, { fix, keyId, problems = [] }: PayloadErrorDetails) {
    super([`${code}: ${why}`, ...problems.map((problem) => `  - ${problem}`), `fix: ${fix}`].join('\n'));
    this.code = code;
    this.why = why;
    this.fix = fix;
    this.keyId = keyId;
    this.problems = problems;
  }
}
