/** STS and IAM of a running emulator through the AWS SDK. */
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { startEmulator, type Emulator } from '../../../src/emulator';
import { openRecords } from '../../../src/emulator/records';
import { removeRole } from '../../../src/emulator/identity/handlers';
import { makeScratchFolder, removeScratchFolders } from '../../support/scratch';

let emulator: Emulator;
let sts: STSClient;
let iam: IAMClient;

beforeAll(async () => {
  const folder = makeScratchFolder();
  const records = openRecords(`${folder}/records`, (message) => {
    throw new Error(message);
  });
  removeRole({ records }, 'Gone');
  emulator = await startEmulator({ folder, account: '210987654321' });
  const { url: endpoint, region, credentials } = emulator;
  sts = new STSClient({ endpoint, region, credentials, maxAttempts: 1 });
  iam = new IAMClient({ endpoint, region, credentials, maxAttempts: 1 });
});
afterAll(async () => {
  sts.destroy();
  iam.destroy();
  await emulator.close();
  removeScratchFolders();
});

it('says which account it is', async () => {
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: '210987654321',
    Arn: 'arn:aws:iam::210987654321:user/emulator',
  });
});

it('knows roles by name, but for those taken away', async () => {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'Trainer' }));
  expect(Role?.Arn).toBe('arn:aws:iam::210987654321:role/Trainer');
  expect(Role?.CreateDate).toBeInstanceOf(Date);
  const policy: unknown = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''));
  expect(policy).toMatchObject({ Statement: [{ Principal: { Service: 'sagemaker.amazonaws.com' } }] });
  await expect(iam.send(new GetRoleCommand({ RoleName: 'Gone' }))).rejects.toMatchObject({
    name: 'NoSuchEntityException',
    $metadata: expect.objectContaining({ httpStatusCode: 404 }) as object,
  });
});
