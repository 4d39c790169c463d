/** What a dev stack's parts are started with: images by name, and an environment that leads nowhere else. */
import { describeFailure } from '../../../src/cli/command-failure';
import { stackVariables, withoutAccounts } from '../../../src/cli/stack/environment';
import { DIGITS_FOLDER, readImages } from '../../../src/cli/stack/images';

test('the image digits is always there, others are added by name', () => {
  expect(readImages([])).toEqual({ digits: DIGITS_FOLDER });
  expect(readImages([`registry/mine:1=${__dirname}`])).toEqual({
    digits: DIGITS_FOLDER,
    'registry/mine:1': __dirname,
  });
});

test('every image that cannot be one is named at once', () => {
  const read = () => readImages(['nothing', '=x', 'name=', 'mine=/no/such/folder']);
  let failure;
  try {
    read();
  } catch (error) {
    failure = describeFailure(error);
  }
  expect(failure).toMatchObject({ code: 'InvalidInput', exitCode: 2 });
  expect(failure?.problems).toHaveLength(4);
});

test('nothing that leads to a real account reaches the parts of a stack', () => {
  const env = withoutAccounts(
    {
      PATH: '/bin',
      AWS_PROFILE: 'production',
      AWS_SESSION_TOKEN: 'secret',
      AWS_ENDPOINT_URL_SAGEMAKER: 'https://elsewhere',
      TEMPORAL_API_KEY: 'secret',
      TEMPORAL_TLS: 'true',
      TEMPORAL_CLI_PATH: '/bin/temporal',
      TEMPORAL_SAGEMAKER_TASK_QUEUE: 'mine',
    },
    '/state',
  );
  expect(env).toEqual({
    PATH: '/bin',
    TEMPORAL_CLI_PATH: '/bin/temporal',
    TEMPORAL_SAGEMAKER_TASK_QUEUE: 'mine',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    TEMPORAL_CONFIG_FILE: '/state/no-profiles.toml',
  });
});

test('a stack is entered by a handful of variables', () => {
  const stack = {
    temporalAddress: '127.0.0.1:7233',
    temporalHttpUrl: 'http://127.0.0.1:7243',
    temporalUiUrl: 'http://127.0.0.1:8233',
    awsEndpointUrl: 'http://127.0.0.1:4566',
    region: 'us-east-1',
    accessKeyId: 'key',
    secretAccessKey: 'secret',
  };
  expect(stackVariables(stack)).toMatchObject({
    TEMPORAL_ADDRESS: '127.0.0.1:7233',
    TEMPORAL_HTTP_URL: 'http://127.0.0.1:7243',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
  });
});
