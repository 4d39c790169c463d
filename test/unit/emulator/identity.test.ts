/** STS and IAM: who asks, and which roles there are. */
import { iamHandlers, removeRole, restoreRole, stsHandlers } from '../../../src/emulator/identity/handlers';
import { callHandler, makeTestWorld, type TestWorld } from '../../support/emulator-world';

let fixture: TestWorld;
beforeEach(() => {
  fixture = makeTestWorld();
});
afterEach(() => {
  fixture.remove();
});

const getRole = async (RoleName: string) =>
  (await callHandler(iamHandlers(fixture.world), 'GetRole', { RoleName }))['Role'] as Record<string, string>;

it('says whose keys sign', async () => {
  expect(await callHandler(stsHandlers(fixture.world), 'GetCallerIdentity', {})).toEqual({
    Account: '123456789012',
    Arn: 'arn:aws:iam::123456789012:user/emulator',
    UserId: expect.stringMatching(/^AIDA[A-Z0-9]{17}$/) as string,
  });
});

it('has every role that can have its name, each trusting SageMaker', async () => {
  const role = await getRole('Sage+Maker=,.@-_Role');
  expect(role['Arn']).toBe('arn:aws:iam::123456789012:role/Sage+Maker=,.@-_Role');
  expect(role['RoleId']).toMatch(/^AROA[A-Z0-9]{17}$/);
  expect(decodeURIComponent(role['AssumeRolePolicyDocument'] ?? '')).toContain('sagemaker.amazonaws.com');
  expect((await getRole('other'))['RoleId']).not.toBe(role['RoleId']);
});

it('refuses names that no role can have', async () => {
  for (const name of ['', 'a/b', 'ü', 'x'.repeat(65)]) {
    await expect(getRole(name)).rejects.toMatchObject({ code: 'ValidationError', status: 400 });
  }
});

it('misses a role that was taken away until it is back', async () => {
  removeRole(fixture.world, 'gone');
  await expect(getRole('gone')).rejects.toMatchObject({
    code: 'NoSuchEntity',
    status: 404,
    message: 'The role with name gone cannot be found.',
  });
  restoreRole(fixture.world, 'gone');
  expect((await getRole('gone'))['RoleName']).toBe('gone');
});
