/** Which hyperparameters and variables are warned of as secrets, and which names only sound like it. */
import { findSecretSigns, looksSecret } from '../../../src/domain/secret-signs';

// Put together here, so that nobody's scanner takes this file for a leak.
const ACCESS_KEY = `AKIAIOSFODNN7EXAMPLE`;
const RANDOM = 'f3Kx9Qz81LmP0vTw7RbY';

test.each([
  ['anything', ACCESS_KEY],
  ['command', `train --id ${ACCESS_KEY} --epochs 3`],
  ['pem', `-----BEGIN RSA PRIVATE KEY-----\nMIIE`],
  ['repository', `ghp_${'a1B2'.repeat(9)}`],
  ['HUGGING_FACE_HUB_TOKEN', `hf_${'a1B2'.repeat(9)}`],
  ['hook', `xoxb-1234567890-abc`],
  ['jwt', `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc`],
  ['database', 'postgres://trainer:hunter2@db.internal/features'],
  ['password', 'hunter2'],
  ['dbPassword', 'hunter2!'],
  ['DB_PASSWORD', 'hunter2!'],
  ['db-passwd-2', 'hunter2!'],
  ['clientSecret', 'abcdefgh'],
  ['AWS_SECRET_ACCESS_KEY', 'abcdefgh'],
  ['wandb_api_key', 'abcdefgh'],
  ['WANDB_APIKEY', 'abcdefgh'],
  ['auth_token', RANDOM],
  ['token', RANDOM],
  ['encryption-key', RANDOM],
])('%s looks like a secret', (name, value) => {
  expect(looksSecret(name, value)).toBe(true);
});

test.each([
  ['tokenizer', 'bert-base-uncased-finetuned-2026'],
  ['num_tokens', '4096'],
  ['max_new_tokens', RANDOM],
  ['pad_token', '<pad>'],
  ['eos_token', '<|endoftext|>'],
  ['mask-token', '[MASK]'],
  ['token', 'true'],
  ['use_auth_token', 'True'],
  ['secret_arn', RANDOM],
  ['password_length', RANDOM],
  ['secret', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-a1b2c3'],
  ['password', '/run/secrets/password'],
  ['password', '{{resolve:secretsmanager:db}}'],
  ['secretary', 'somebody'],
  ['monkey', RANDOM],
  ['sort_key', 'timestamp_of_the_order'],
  ['key', 'features/2026/03/train.csv'],
  ['epochs', '10'],
  ['sagemaker_submit_directory', 's3://bucket/source-7f3a9c1b2d4e5f60.tar.gz'],
  ['sagemaker_job_name', 'digits-2026-03-01-12-00-00-000-k3j9x2ab'],
  ['git_commit', '9c1185a5c5e9fc54612808977ee8f548b2258d31'],
  ['description', 'the password is not in here'],
])('%s = %s does not', (name, value) => {
  expect(looksSecret(name, value)).toBe(false);
});

test('each is told by its field and never by its value, ten at most', () => {
  const env = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`PASSWORD_${String(index)}`, 'hunter2!']));
  const signs = findSecretSigns({
    estimator: { hyperparameters: { secret: 'hunter2!', pin: 123456, epochs: 3 } },
    deploy: { env },
  });
  expect(signs).toHaveLength(11);
  expect(signs[0]).toMatch(/^estimator\.hyperparameters\.secret looks like a secret: /);
  expect(signs[1]).toMatch(/^deploy\.env\.PASSWORD_0 looks like a secret: /);
  expect(signs.at(-1)).toBe('and 3 more fields look like secrets');
  expect(signs.join()).not.toContain('hunter2');
  expect(findSecretSigns({})).toEqual([]);
});

const fieldsOf = (input: object) => findSecretSigns(input).map((sign) => sign.replace(/ looks like .*$/, ''));

test('words of a command line are told by their option, wherever the value stands', () => {
  const containerArguments = ['--api-key', 'hunter2!', '--epochs', '10', '--db-password=hunter2!', '--token', '--fast'];
  const containerEntryPoint = ['sh', '-c', 'CLIENT_SECRET=hunter2! train --auth-key /run/key', ACCESS_KEY];
  expect(fieldsOf({ estimator: { containerArguments, containerEntryPoint } })).toEqual([
    'estimator.containerEntryPoint[2] (CLIENT_SECRET)',
    'estimator.containerEntryPoint[3]',
    'estimator.containerArguments[0] (--api-key)',
    'estimator.containerArguments[4] (--db-password)',
  ]);
});

test('what overrides put into a request is told as well', () => {
  const secret = { DB_PASSWORD: 'hunter2!', EPOCHS: '10' };
  const overrides = {
    createTrainingJob: {
      Environment: secret,
      HyperParameters: null,
      AlgorithmSpecification: { ContainerArguments: ['--api-key', 'hunter2!'] },
    },
    createModel: { Containers: [{ Image: 'iris', Environment: secret }] },
  };
  const { createModel } = overrides;
  expect(fieldsOf({ estimator: { overrides }, deploy: { overrides: { createModel } } })).toEqual([
    'estimator.overrides.createTrainingJob.Environment.DB_PASSWORD',
    'estimator.overrides.createTrainingJob.AlgorithmSpecification.ContainerArguments[0] (--api-key)',
    'estimator.overrides.createModel.Containers[0].Environment.DB_PASSWORD',
    'deploy.overrides.createModel.Containers[0].Environment.DB_PASSWORD',
  ]);
});
