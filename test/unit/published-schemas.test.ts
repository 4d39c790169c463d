/** The published JSON Schema: current, self-contained, described, and of one mind with what the worker checks. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import typescript from 'typescript';
import { WORKFLOW_TYPES, type WorkflowType } from '../../src/contract';
import { buildPublishedSchemas } from '../../src/cli/published-schemas';
import { parseS3Uri } from '../../src/domain/names';
import { checkInput } from '../../src/schemas';
import { s3Uri } from '../../src/schemas/fields';
import { compilePublished, publishedNames, readPublished } from '../support/json-schema';

interface Rendering {
  renderSchemas(published: ReturnType<typeof buildPublishedSchemas>): Map<string, string>;
  FOLDER: string;
}
// eslint-disable-next-line @typescript-eslint/no-require-imports -- a script without types
const { renderSchemas, FOLDER } = require('../../scripts/schemas.cjs') as Rendering;

const documents = buildPublishedSchemas();

describe('the files of schema/', () => {
  const files = renderSchemas(documents);

  it('are what `npm run schemas` makes of the present sources, and no others', () => {
    expect(publishedNames().map((name) => `${name}.json`)).toEqual([...files.keys()].sort());
    for (const [file, text] of files) expect([file, readFileSync(join(FOLDER, file), 'utf8')]).toEqual([file, text]);
  });

  it('have an input and a result of every workflow type, the progress, the memo, failures and events', () => {
    const perType = WORKFLOW_TYPES.flatMap((type) => [`${type}.input`, `${type}.result`]);
    expect(publishedNames().sort()).toEqual(
      [...perType, 'progress', 'run-memo', 'failure-details', 'command-event'].sort(),
    );
  });

  it.each(publishedNames())('%s is valid JSON Schema 2020-12 that refers to nothing outside itself', (name) => {
    const document = readPublished(name);
    expect(document).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `urn:temporal-sagemaker:schema:1:${name}`,
      title: expect.stringMatching(/\S/) as string,
      description: expect.stringMatching(/\S/) as string,
    });
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)].map(([, target]) => target);
    expect(references.filter((target) => !target?.startsWith('#/$defs/'))).toEqual([]);
    expect(() => compilePublished(name)).not.toThrow();
  });

  it('know nothing of the machine that they were made on', () => {
    const all = [...files.values()].join('\n');
    expect(all).not.toContain(process.cwd());
    expect(all).not.toMatch(/\/(home|root|Users|tmp)\//);
  });
});

type Node = Record<string, unknown>;

/** What only says which fields go together names them, and describes none. */
const isRule = (properties: Node): boolean =>
  Object.values(properties).every((value) => typeof value !== 'object' || isNested(value) || isWord(value));
const isWord = (value: object | null): boolean => ['const', 'not'].includes(Object.keys(value ?? {}).join());
const isNested = (value: object | null): boolean =>
  value !== null && 'properties' in value && isRule(value.properties as Node);

/** Every object with properties in a document, by where it is. */
function objectsIn(node: unknown, at: string): [string, Node][] {
  if (typeof node !== 'object' || node === null) return [];
  const within = Object.entries(node).flatMap(([key, inner]) => objectsIn(inner, `${at}/${key}`));
  return 'properties' in node ? [[at, node], ...within] : within;
}

const ofTheWire = publishedNames().filter((name) => name !== 'command-event');

describe.each(ofTheWire)('%s', (name) => {
  const document = readPublished(name);
  const properties = objectsIn(document, '')
    .filter(([at]) => !/(oneOf|anyOf)/.test(at))
    .flatMap(([at, node]) =>
      Object.entries(node.properties as Record<string, Node>).map(([field, value]) => ({
        at: `${at}/${field}`,
        value,
      })),
    );

  it('describes every field', () => {
    const definitions = document.$defs as Record<string, Node> | undefined;
    const described = ({ $ref, description }: Node) =>
      description ?? definitions?.[String($ref).replace('#/$defs/', '')]?.description;
    expect(properties.filter(({ value }) => described(value) === undefined).map(({ at }) => at)).toEqual([]);
  });

  it('tells the unit of every duration and size', () => {
    const measures = properties.filter(({ at }) => /(Seconds|MaxRun|MaxWait|olumeSize|InGb|InMb)$/.test(at));
    expect(measures.filter(({ value }) => !/(in|many) (seconds|GB|MB)/.test(String(value.description)))).toEqual([]);
  });

  it(`${name.endsWith('.input') ? 'refuses' : 'takes'} fields that it does not name`, () => {
    const closed = objectsIn(document, '')
      .filter(([, { properties }]) => !isRule(properties as Node))
      .map(([, { additionalProperties }]) => additionalProperties === false);
    expect(new Set(closed)).toEqual(new Set([name.endsWith('.input')]));
  });
});

it('defaults are those that the contract documents', () => {
  const documented = defaultsOfContract();
  expect(documented.size).toBeGreaterThan(5);
  const definitions = readPublished('fitThenDeploy.input').$defs as Record<string, Node>;
  const published = new Map(
    Object.entries(definitions).flatMap(([type, node]) =>
      Object.entries((node.properties ?? {}) as Record<string, Node>)
        .filter(([, value]) => value.default !== undefined)
        .map(([field, value]) => [`${type}.${field}`, value.default] as const),
    ),
  );
  const ofDefinitions = [...documented].filter(([field]) => (field.split('.')[0] ?? '') in definitions);
  expect(published).toEqual(new Map(ofDefinitions));
});

/** The value that the text begins with, if it does: a sentence may follow. */
function readLiteral(text: string): unknown {
  const [, literal] = /^(\d+|'[^']*'|true|false|`\[.*\]`)(?:$|[,:])/.exec(text) ?? [];
  return literal === undefined ? undefined : JSON.parse(literal.replaceAll('`', '').replaceAll("'", '"'));
}

/** Kinds of arguments that the schema lays over one another. */
const PUBLISHED_AS: Record<string, string> = {
  TrainingArguments: 'EstimatorArguments',
  DeployAnywhere: 'DeployArguments',
  InstanceSettings: 'DeployArguments',
};

/** `@default` of each field of the inputs in the contract, where it is a value and not a sentence. */
function defaultsOfContract(): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const files = ['training-arguments', 'training-data', 'hosting-arguments', 'hosting-settings', 'inputs', 'sweep'];
  const statements = files.flatMap((name) => {
    const file = join(__dirname, `../../src/contract/${name}.ts`);
    const text = readFileSync(file, 'utf8');
    return [...typescript.createSourceFile(file, text, typescript.ScriptTarget.Latest, true).statements];
  });
  for (const declaration of statements.filter(typescript.isInterfaceDeclaration)) {
    for (const member of declaration.members) {
      const tag = typescript.getJSDocTags(member).find(({ tagName }) => tagName.text === 'default');
      const text = typeof tag?.comment === 'string' ? tag.comment : '';
      const value = readLiteral(text);
      if (value === undefined || !member.name) continue;
      found.set(`${PUBLISHED_AS[declaration.name.text] ?? declaration.name.text}.${member.name.getText()}`, value);
    }
  }
  return found;
}

// --- what is taken and what is refused -------------------------------------------------------------------------------

const ESTIMATOR = { imageName: 'digits', role: 'Trainer', trainInstanceCount: 1, trainInstanceType: 'ml.m5.large' };
const UNEQUIPPED = { imageName: 'digits', role: 'Trainer' };
const GROUP = { instanceGroupName: 'a', instanceType: 'ml.m5.large', instanceCount: 1 };
const PREFERENCE = { instanceType: 'ml.m5.large', instanceCount: 1 };
const DEPLOY = { initialInstanceCount: 1, instanceType: 'ml.m5.large' };
const FIT = { estimator: ESTIMATOR, fit: { inputs: 's3://data/iris' } };
const BOTH = { ...FIT, deploy: DEPLOY };
const OTHERS_DEPLOY = { ...DEPLOY, endpointName: 'iris', image: 'digits', role: 'Trainer' };

const estimatorWith = (fields: object) => ({ ...FIT, estimator: { ...ESTIMATOR, ...fields } });
const inputsOf = (inputs: unknown) => ({ ...FIT, fit: { inputs } });
const deployWith = (fields: object) => ({ ...BOTH, deploy: { ...DEPLOY, ...fields } });
const servedBy = (deploy: object) => ({ ...BOTH, deploy });
const trafficOf = (fields: object) =>
  deployWith({ deploymentConfig: { blueGreenUpdatePolicy: { trafficRoutingConfiguration: fields } } });
const HALF = { type: 'CAPACITY_PERCENT', value: 50 };
const ROLLING = { rollingUpdatePolicy: { maximumBatchSize: HALF, waitIntervalInSeconds: 0 } };
const many = (count: number, value: unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`name${String(index)}`, value]));

const TAKEN: [WorkflowType, string, unknown][] = [
  ['fit', 'the least', FIT],
  ['fit', 'a region', { ...FIT, region: 'us-gov-west-1' }],
  ['fit', 'a role by ARN with a path', estimatorWith({ role: 'arn:aws-cn:iam::123456789012:role/a/b/Trainer' })],
  ['fit', 'hyperparameters of any kind', estimatorWith({ hyperparameters: { a: 1, b: [null, { c: true }], d: '' } })],
  ['fit', 'a hundred hyperparameters', estimatorWith({ hyperparameters: many(100, 1) })],
  ['fit', 'an empty tag', estimatorWith({ tags: [{ key: 'awsome', value: '' }] })],
  ['fit', 'a bucket alone', inputsOf('s3://data')],
  ['fit', 'channels of both kinds', inputsOf({ train: 's3://data/a', test: { s3Data: 's3://data/b' } })],
  [
    'fit',
    'an S3 input with all its fields',
    inputsOf({
      s3Data: 's3://data/manifest',
      distribution: 'ShardedByS3Key',
      compression: 'Gzip',
      contentType: 'text/csv',
      recordWrapping: 'RecordIO',
      s3DataType: 'AugmentedManifestFile',
      inputMode: 'Pipe',
      attributeNames: ['source-ref'],
      shuffleConfig: { seed: -3 },
    }),
  ],
  [
    'fit',
    'a file system among channels',
    inputsOf({ a: { fileSystemId: 'fs-01234567', fileSystemType: 'EFS', directoryPath: '/' }, b: 's3://data/b' }),
  ],
  ['fit', 'no inputs', { ...FIT, fit: {} }],
  ['fit', 'a model alone', { estimator: { ...ESTIMATOR, modelUri: 's3://models/m' }, fit: { inputs: {} } }],
  ['fit', 'spot capacity', estimatorWith({ trainUseSpotInstances: true, trainMaxWait: 90_000 })],
  ['fit', 'a VPC', estimatorWith({ subnets: ['subnet-1'], securityGroupIds: ['sg-1'] })],
  ['fit', 'groups', { ...FIT, estimator: { ...UNEQUIPPED, instanceGroups: [GROUP] } }],
  ['fit', 'preferences', { ...FIT, estimator: { ...UNEQUIPPED, instancePreferences: [PREFERENCE] } }],
  ['fit', 'a rule', estimatorWith({ rules: [{ name: 'VanishingGradient', ruleToInvoke: 'VanishingGradient' }] })],
  [
    'fit',
    'the image of SageMaker’s rules',
    estimatorWith({ rules: [{ name: 'a', imageUri: 'rules:1', ruleToInvoke: 'DeadRelu' }] }),
  ],
  ['fit', 'no hook', estimatorWith({ debuggerHookConfig: false })],
  ['fit', 'overrides', estimatorWith({ overrides: { createTrainingJob: { Tomorrow: [{ A: null }] } } })],
  ['fitThenDeploy', 'the least', BOTH],
  ['fitThenDeploy', 'an environment', deployWith({ env: { _A1: '' }, endpointTimeoutSeconds: 86_400 })],
  [
    'fitThenDeploy',
    'instance pools',
    servedBy({ initialInstanceCount: 1, instancePools: [{ instanceType: 'ml.a.b' }] }),
  ],
  ['fitThenDeploy', 'serverless', servedBy({ serverlessInferenceConfig: { memorySizeInMb: 1024 } })],
  ['fitThenDeploy', 'no VPC and no capture', deployWith({ vpcConfigOverride: null, dataCaptureConfig: null })],
  ['fitThenDeploy', 'a canary', trafficOf({ type: 'CANARY', canarySize: HALF, waitIntervalInSeconds: 0 })],
  ['fitThenDeploy', 'all at once', trafficOf({ type: 'ALL_AT_ONCE' })],
  ['fitThenDeploy', 'a rolling update', deployWith({ deploymentConfig: ROLLING })],
  ['deploy', 'a training job', { trainingJobName: 'iris', deploy: DEPLOY }],
  ['deploy', 'model data with all that it needs', { modelData: 's3://data/model.tar.gz', deploy: OTHERS_DEPLOY }],
  [
    'deploy',
    'model data with an estimator',
    { modelData: 's3://data/m', estimator: ESTIMATOR, deploy: { ...DEPLOY, endpointName: 'iris' } },
  ],
  ['deleteEndpoint', 'a name', { endpointName: 'a'.repeat(63) }],
  ['sweep', 'nothing', {}],
  ['sweep', 'all there is', { apply: true, createdWithinSeconds: 3_600, region: 'eu-central-1' }],
  ['sweep', 'a time', { createdAfter: '2026-03-01T12:00:00.123+01:00' }],
];

const REFUSED: [WorkflowType, string, unknown][] = [
  ['fit', 'null', null],
  ['fit', 'a list', [FIT]],
  ['fit', 'a text', 'fit'],
  ['fit', 'nothing', {}],
  ['fit', 'an unknown field', { ...FIT, deploy: DEPLOY }],
  ['fit', 'an unknown argument', estimatorWith({ trainMaxrun: 5 })],
  ['fit', 'no estimator', { fit: FIT.fit }],
  ['fit', 'null for an optional argument', estimatorWith({ trainMaxRun: null })],
  ['fit', 'a count of 0', estimatorWith({ trainInstanceCount: 0 })],
  ['fit', 'a fraction', estimatorWith({ trainInstanceCount: 1.5 })],
  ['fit', 'a count as a text', estimatorWith({ trainInstanceCount: '1' })],
  ['fit', 'an instance type without ml', estimatorWith({ trainInstanceType: 'm5.large' })],
  ['fit', 'a role with blanks', estimatorWith({ role: 'My Role' })],
  ['fit', 'an image with blanks', estimatorWith({ imageName: 'a b' })],
  ['fit', 'an image of 256 characters', estimatorWith({ imageName: 'a'.repeat(256) })],
  ['fit', 'a volume that AWS does not have', estimatorWith({ trainVolumeSize: 16_385 })],
  ['fit', 'an input mode that there is not', estimatorWith({ inputMode: 'file' })],
  ['fit', 'an output path elsewhere', estimatorWith({ outputPath: 'https://example.com' })],
  ['fit', 'a hundred and one hyperparameters', estimatorWith({ hyperparameters: many(101, 1) })],
  ['fit', 'a hyperparameter without a name', estimatorWith({ hyperparameters: { '': 1 } })],
  ['fit', 'a hyperparameter called __proto__', estimatorWith({ hyperparameters: JSON.parse('{"__proto__":1}') })],
  ['fit', 'a constructor deep in one', estimatorWith({ hyperparameters: { a: [{ constructor: 1 }] } })],
  ['fit', 'a tag of AWS', estimatorWith({ tags: [{ key: 'AWS:x', value: '' }] })],
  ['fit', 'a tag of ours', estimatorWith({ tags: [{ key: 'temporal-SageMaker:run', value: '' }] })],
  ['fit', 'fifty tags', estimatorWith({ tags: Array.from({ length: 50 }, () => ({ key: 'a', value: '' })) })],
  ['fit', 'a metric without a regex', estimatorWith({ metricDefinitions: [{ name: 'loss' }] })],
  ['fit', 'no channel', inputsOf({})],
  ['fit', 'twenty-one channels', inputsOf(many(21, 's3://data/a'))],
  ['fit', 'a channel with a blank', inputsOf({ 'a b': 's3://data/a' })],
  ['fit', 'a channel called s3Data', inputsOf({ s3Data: 's3://data/a', train: 's3://data/b' })],
  ['fit', 'a channel called constructor', inputsOf({ constructor: 's3://data/a' })],
  ['fit', 'a seed that is no whole number', inputsOf({ s3Data: 's3://data/a', shuffleConfig: { seed: 0.5 } })],
  ['fit', 'a bucket in capitals', inputsOf('s3://Data/iris')],
  ['fit', 'a region that is none', { ...FIT, region: 'Frankfurt' }],
  ['fit', 'a job name with an underscore', { ...FIT, fit: { ...FIT.fit, jobName: 'a_b' } }],
  ['fit', 'a job name that ends in a hyphen', { ...FIT, fit: { ...FIT.fit, jobName: 'a-' } }],
  ['fit', 'a job name of 64 characters', { ...FIT, fit: { ...FIT.fit, jobName: `a${'-'.repeat(62)}b` } }],
  [
    'fit',
    'a file system of another type',
    inputsOf({ fileSystemId: 'fs-01234567', fileSystemType: 'NFS', directoryPath: '/' }),
  ],
  ['fit', 'half a VPC', estimatorWith({ subnets: ['subnet-1'] })],
  ['fit', 'max-wait without spot', estimatorWith({ trainMaxWait: 90_000 })],
  ['fit', 'no instances', { ...FIT, estimator: UNEQUIPPED }],
  ['fit', 'groups and a type', estimatorWith({ instanceGroups: [GROUP] })],
  ['fit', 'preferences and a type', estimatorWith({ instancePreferences: [PREFERENCE] })],
  ['fit', 'a source without its rule', estimatorWith({ rules: [{ name: 'a', source: 's3://rules/a.py' }] })],
  ['fit', 'a hook that is true', estimatorWith({ debuggerHookConfig: true })],
  ['fit', 'another name by override', estimatorWith({ overrides: { createTrainingJob: { TrainingJobName: 'a' } } })],
  ['fit', 'a variable with a hyphen', estimatorWith({ environment: { 'A-B': '' } })],
  ['fitThenDeploy', 'no deploy', FIT],
  ['fitThenDeploy', 'an environment name with a hyphen', deployWith({ env: { 'A-B': '' } })],
  ['fitThenDeploy', 'an environment value of 1025 characters', deployWith({ env: { A: 'a'.repeat(1025) } })],
  ['fitThenDeploy', 'a type and pools', deployWith({ instancePools: [{ instanceType: 'ml.a.b' }] })],
  ['fitThenDeploy', 'a type and serverless', deployWith({ serverlessInferenceConfig: {} })],
  ['fitThenDeploy', 'a serverless volume', servedBy({ serverlessInferenceConfig: {}, volumeSize: 5 })],
  ['fitThenDeploy', 'half a gigabyte', servedBy({ serverlessInferenceConfig: { memorySizeInMb: 512 } })],
  ['fitThenDeploy', 'no instances', servedBy({ endpointName: 'iris' })],
  ['fitThenDeploy', 'half a VPC', deployWith({ vpcConfigOverride: { subnets: ['subnet-1'] } })],
  ['fitThenDeploy', 'a canary without its size', trafficOf({ type: 'CANARY', waitIntervalInSeconds: 0 })],
  ['fitThenDeploy', 'steps of all at once', trafficOf({ type: 'ALL_AT_ONCE', linearStepSize: HALF })],
  [
    'fitThenDeploy',
    'both policies',
    deployWith({
      deploymentConfig: { ...ROLLING, blueGreenUpdatePolicy: { trafficRoutingConfiguration: { type: 'ALL_AT_ONCE' } } },
    }),
  ],
  ['deploy', 'neither a job nor model data', { deploy: OTHERS_DEPLOY }],
  ['deploy', 'both', { trainingJobName: 'iris', modelData: 's3://data/m', deploy: OTHERS_DEPLOY }],
  [
    'deploy',
    'both, and less than model data needs',
    { trainingJobName: 'iris', modelData: 's3://d-d/m', deploy: DEPLOY },
  ],
  ['deploy', 'model data without an endpoint name', { modelData: 's3://data/m', estimator: ESTIMATOR, deploy: DEPLOY }],
  [
    'deploy',
    'model data without image, role or estimator',
    { modelData: 's3://data/m', deploy: { ...DEPLOY, endpointName: 'iris' } },
  ],
  ['deleteEndpoint', 'no name', {}],
  ['sweep', 'a word for yes', { apply: 'yes' }],
  ['sweep', 'no time', { createdWithinSeconds: 0 }],
  ['sweep', 'a time without an offset', { createdAfter: '2026-03-01T12:00:00' }],
  ['sweep', 'a month that there is not', { createdAfter: '2026-13-01T12:00:00Z' }],
  ['sweep', 'a span and a time', { createdWithinSeconds: 60, createdAfter: '2026-03-01T12:00:00Z' }],
  ['sweep', 'null', null],
];

describe('an input that the worker takes, the schema takes', () => {
  it.each(TAKEN)('%s: %s', (type, _what, input) => {
    const validate = compilePublished(`${type}.input`);
    expect([checkInput(type, input), validate(input), validate.errors]).toEqual([{ input }, true, null]);
  });
});

describe('an input that the worker refuses, the schema refuses', () => {
  it.each(REFUSED)('%s: %s', (type, _what, input) => {
    expect(checkInput(type, input)).toHaveProperty('problems');
    expect(compilePublished(`${type}.input`)(input)).toBe(false);
  });
});

it('the pattern of an S3 URI takes what its parser takes', () => {
  const partOfUri = fc.constantFrom('s3:', '/', '//', 'bucket', 'B', '.', '-', 'a', '\n', 'ä', ' ', '9');
  fc.assert(
    fc.property(fc.array(partOfUri, { maxLength: 8 }), (parts) => {
      for (const uri of [parts.join(''), `s3://${parts.join('')}`]) {
        expect(s3Uri.safeParse(uri).success).toBe(parseS3Uri(uri) !== undefined);
      }
    }),
  );
});
