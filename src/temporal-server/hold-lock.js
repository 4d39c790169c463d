// @ts-check
/**
 * A lock between processes: a file that one of them has made and keeps touching. Plain JavaScript, because
 * scripts/bootstrap.mjs needs it before anything is installed or compiled; `build-cli.ts` uses it for the download cache.
 *
 * A lock is stale when every process named in it is dead, or when nobody has touched it for two minutes (its holder was
 * on another machine, or its process id has been given to somebody else). Only one of those who find a lock stale can
 * remove it: removing takes a claim, and whoever has the claim looks again before it removes.
 */
'use strict';
const { randomUUID } = require('node:crypto');
const fs = require('node:fs/promises');
const os = require('node:os');
const path = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');

const POLL_MS = 200;
const TOUCH_MS = 5_000;
const STALE_AFTER_MS = 120_000;

/**
 * @typedef {object} Lock
 * @property {(pid: number) => Promise<void>} alsoHeldBy the lock stays held while this process lives, even where ours dies
 * @property {() => Promise<void>} release gives the lock back; may be called again
 */

/**
 * Waits for the lock and holds it.
 *
 * @param {string} file
 * @param {{ onWait?: (pid: number | undefined) => void, signal?: AbortSignal | undefined }} [options] `onWait` is called once, if there is
 *   anything to wait for, with the holder's process id where it is known
 * @returns {Promise<Lock>}
 */
async function holdLock(file, { onWait, signal } = {}) {
  await fs.mkdir(path.dirname(file), { recursive: true });
  const token = { host: os.hostname(), id: randomUUID(), pids: [process.pid] };
  let told = false;
  let watched = { identity: '', since: 0 };

  while (!(await createFile(file, JSON.stringify(token)))) {
    signal?.throwIfAborted();
    const seen = await look(file);
    if (seen === undefined) continue;

    const now = performance.now();
    if (seen.identity !== watched.identity) watched = { identity: seen.identity, since: now };
    if (areAllDead(seen) || now - watched.since > STALE_AFTER_MS) {
      await removeStale(file, seen);
      continue;
    }
    if (!told) onWait?.(seen.pids[0]);
    told = true;
    await pause(POLL_MS, undefined, { signal });
  }

  const touching = setInterval(() => {
    const now = new Date();
    // A lock that was taken for stale is no longer ours to touch; release() finds out.
    fs.utimes(file, now, now).catch(() => undefined);
  }, TOUCH_MS);
  touching.unref();

  return {
    async alsoHeldBy(pid) {
      token.pids.push(pid);
      const next = `${file}.${token.id}.next`;
      await fs.writeFile(next, JSON.stringify(token));
      await fs.rename(next, file);
    },
    async release() {
      clearInterval(touching);
      const seen = await look(file);
      if (seen?.id === token.id) await fs.rm(file, { force: true });
    },
  };
}

/**
 * @param {string} file
 * @param {string} content
 * @returns {Promise<boolean>} false where the file was there
 */
async function createFile(file, content) {
  try {
    await fs.writeFile(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/**
 * What stands in the lock now. A file that its maker has not yet written, or died before writing, has no process ids.
 *
 * @param {string} file
 * @returns {Promise<{ identity: string, host: string, id: string, pids: number[] } | undefined>}
 */
async function look(file) {
  try {
    const { ino, mtimeMs } = await fs.stat(file);
    const content = await fs.readFile(file, 'utf8');
    const identity = `${ino}/${mtimeMs}/${content}`;
    return { host: '', id: '', pids: [], ...parse(content), identity };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** @param {string} content */
function parse(content) {
  try {
    return JSON.parse(content);
  } catch {
    return {};
  }
}

/** @param {{ host: string, pids: number[] }} seen */
function areAllDead({ host, pids }) {
  return host === os.hostname() && pids.length > 0 && !pids.some(isAlive);
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/**
 * @param {string} file
 * @param {{ identity: string, id: string }} seen
 */
async function removeStale(file, seen) {
  const claim = `${file}.${seen.id}.claim`;
  if (!(await createFile(claim, ''))) {
    // Somebody else is at it; a claim is held for milliseconds, so an old one is a dead process's.
    const { mtimeMs } = await fs.stat(claim).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > STALE_AFTER_MS) await fs.rm(claim, { force: true });
    else await pause(POLL_MS);
    return;
  }
  try {
    if ((await look(file))?.identity === seen.identity) await fs.rm(file, { force: true });
  } finally {
    await fs.rm(claim, { force: true });
  }
}

/**
 * @param {unknown} error
 * @param {string} code
 */
function hasCode(error, code) {
  return /** @type {{ code?: unknown } | undefined} */ (error)?.code === code;
}

module.exports = { holdLock };
