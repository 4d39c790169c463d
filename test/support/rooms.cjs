// Which rooms a run of Jest covers and what they need. Read by jest.config.js, the totals reporter and global-setup.ts.
const DEFAULT_ROOMS = ['unit', 'activity', 'workflow', 'integration', 'replay'];

/** Rooms that can do without a Temporal server. */
const ROOMS_WITHOUT_SERVER = ['unit', 'replay'];

/** Rooms that can do without the workflow bundle. */
const ROOMS_WITHOUT_BUNDLE = ['unit', 'activity'];

const named = (process.env.ROOM ?? '').split(',').filter((room) => room !== '');

module.exports = {
  rooms: named.length > 0 ? named : DEFAULT_ROOMS,
  /** Names this run in file names. */
  runName: named.length > 0 ? named.join('+') : 'default',
  ROOMS_WITHOUT_SERVER,
  ROOMS_WITHOUT_BUNDLE,
};
