/**
 * The worker's AWS credentials: looked for once by AWS's own chain, shared by all clients, and looked for anew when AWS no
 * longer takes them. The chain itself keeps what came without a time of expiry for ever: a file that was rewritten, a
 * role that was taken away.
 */

/** What the SDK makes of the chain: remembers what it found, and can be told to look again. */
export type CredentialsProvider = (options?: {
  forceRefresh?: boolean;
}) => Promise<{ accessKeyId: string; sessionToken?: string | undefined }>;

export interface CredentialsKeeper {
  /** Counts how often other credentials were found. */
  generation(): number;
  /** Why the last look found none; undefined where it found some. */
  problem(): string | undefined;
  /** Looks for credentials again. True where they are others than those of the generation given: a call can be resent. */
  renew(generation: number): Promise<boolean>;
}

/** A look may start a program or ask STS: not for every call of an outage. */
const LOOK_EVERY_MS = 5_000;

/** @param now a clock that nobody sets: an hour back would else be an hour without a look */
export function keepCredentials(
  provide: CredentialsProvider,
  now: () => number = () => performance.now(),
): CredentialsKeeper {
  let found = 0;
  let known: string | undefined;
  let lookedMs = -Infinity;
  let looking: Promise<void> | undefined;
  let problem: string | undefined;

  const look = async (): Promise<void> => {
    lookedMs = now();
    try {
      known ??= nameOf(await provide());
      const latest = nameOf(await provide({ forceRefresh: true }));
      if (latest !== known) found += 1;
      known = latest;
      problem = undefined;
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
  };

  return {
    generation: () => found,
    problem: () => problem,
    async renew(generation) {
      if (found === generation && now() - lookedMs >= LOOK_EVERY_MS) {
        looking ??= look().finally(() => {
          looking = undefined;
        });
      }
      await looking;
      return found !== generation;
    },
  };
}

function nameOf({
  accessKeyId,
  sessionToken = '',
}: {
  accessKeyId: string;
  sessionToken?: string | undefined;
}): string {
  return `${accessKeyId} ${sessionToken}`;
}
