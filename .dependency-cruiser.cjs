// Which room of src/ may import which: imports run one way. The table below is the whole of it; each line becomes one
// rule. ESLint checks what a single file shows, dependency-cruiser what only the graph does.

/** Room to the rooms it may import, at any time and in any form. A type that crosses costs nothing but still binds. */
const MAY_IMPORT = {
  cli: ['client', 'worker', 'schemas', 'contract', 'domain', 'temporal-server'],
  client: ['contract', 'domain', 'schemas', 'payload-codec'],
  worker: ['workflows', 'activities', 'contract', 'domain', 'payload-codec'],
  workflows: ['contract', 'domain'],
  activities: ['contract', 'domain', 'schemas'],
  schemas: ['contract', 'domain', 'service-model'],
  domain: ['contract'],
  emulator: ['service-model'],
  contract: [],
  'payload-codec': [],
  'service-model': [],
  'temporal-server': [],
};

/** What a room may import in one form only, beside the table above. */
const AS_TYPES_ONLY = { workflows: ['activities'] };
const LAZILY_ONLY = { cli: ['emulator'] };

/** A room is a folder. */
const inRooms = (rooms) => `^src/(${rooms.join('|')})/`;

const oneWay = Object.entries(MAY_IMPORT).map(([room, others]) => ({
  name: `one-way-from-${room}`,
  comment: `${room} may import ${others.join(', ') || 'no other room'} (.dependency-cruiser.cjs)`,
  severity: 'error',
  from: { path: inRooms([room]) },
  to: {
    path: '^src/',
    pathNot: inRooms([room, ...others, ...(AS_TYPES_ONLY[room] ?? []), ...(LAZILY_ONLY[room] ?? [])]),
  },
}));

const asTypes = Object.entries(AS_TYPES_ONLY).map(([room, others]) => ({
  name: `types-only-from-${room}`,
  comment: `${room} may import ${others.join(', ')} as types only`,
  severity: 'error',
  from: { path: inRooms([room]) },
  to: { path: inRooms(others), dependencyTypesNot: ['type-only'] },
}));

const lazily = Object.entries(LAZILY_ONLY).map(([room, others]) => ({
  name: `lazily-from-${room}`,
  comment: `${room} may import ${others.join(', ')} by import() only`,
  severity: 'error',
  from: { path: inRooms([room]) },
  to: { path: inRooms(others), dynamic: false, dependencyTypesNot: ['type-only'] },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...oneWay,
    ...asTypes,
    ...lazily,
    {
      name: 'every-room-is-in-the-table',
      comment: 'a room of src/ that the table does not know has no rules yet',
      severity: 'error',
      from: { path: '^src/', pathNot: inRooms(Object.keys(MAY_IMPORT)) },
      to: {},
    },
    {
      name: 'no-circular',
      comment: 'modules that import each other, types aside, cannot be read or loaded alone',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'nothing imports it and it is no entry point',
      severity: 'error',
      from: { orphan: true, pathNot: '^src/([^/]+/index|cli/main)[.]ts$' },
      to: {},
    },
    {
      name: 'pure-domain',
      comment: 'the domain has no I/O, no Node and no packages; types cost nothing',
      severity: 'error',
      from: { path: inRooms(['domain', 'contract']) },
      to: { path: '(^|/)node_modules/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'pure-domain-no-node',
      comment: 'the domain has no I/O, no Node and no packages',
      severity: 'error',
      from: { path: inRooms(['domain', 'contract']) },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-node-in-workflows',
      comment: 'workflow code runs in a sandbox without Node',
      severity: 'error',
      from: { path: inRooms(['workflows']) },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'client-without-native-worker',
      comment: 'a web service that starts runs must not load a native worker',
      severity: 'error',
      from: { path: inRooms(['client', 'contract', 'domain', 'schemas', 'service-model', 'payload-codec']) },
      to: {
        path: 'node_modules/@temporalio/(worker|core-bridge|testing|activity)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'client-loads-aws-lazily',
      comment: 'a web service that starts runs loads no AWS SDK until it asks for logs or predictions',
      severity: 'error',
      from: { path: inRooms(['client', 'contract', 'domain', 'schemas', 'service-model', 'payload-codec']) },
      to: { path: 'node_modules/@(aws-sdk|smithy)/', dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-dev-dependencies',
      comment: 'what the package needs at run time must come with it',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev'],
        // Peers are dev dependencies too; @temporalio/testing is asked for at run time and may be absent.
        dependencyTypesNot: ['npm-peer', 'type-only'],
        pathNot: 'node_modules/@temporalio/testing/',
      },
    },
    {
      name: 'resolvable',
      comment: 'an import that leads nowhere',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Type imports count, marked as such.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default', 'types'] },
  },
};
