/**
 * The session of an estimator: the one it was given, or one of its own that is connected when something first needs it.
 * Kept apart, so that estimators without sessions share nothing and what needs no Temporal connects to none.
 */
import { connect, type Session } from './session';

export interface HeldSession {
  /** The session that was given. It is never closed here, so predictors may keep it. */
  readonly given: Session | undefined;
  /** The session, connected by the first call; a call after one that failed tries again. */
  open(): Promise<Session>;
  /** Closes the session that was made here. A later `open` connects anew. */
  close(): Promise<void>;
}

export function holdSession(given?: Session): HeldSession {
  let own: Promise<Session> | undefined;
  return {
    given,
    async open() {
      if (given) return given;
      const opening = (own ??= connect());
      try {
        return await opening;
      } catch (error) {
        if (own === opening) own = undefined;
        throw error;
      }
    },
    async close() {
      const closing = own;
      own = undefined;
      // Who wanted a session that could not be connected was told so.
      const session = await closing?.catch(() => undefined);
      await session?.close();
    },
  };
}
