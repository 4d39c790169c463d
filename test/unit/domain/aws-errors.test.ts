import { classifyAwsError, isTransient, readTrouble, requireMember } from '../../../src/domain/aws-errors';

describe('what an error of AWS means', () => {
  it.each([
    [400, 'ResourceInUse', 'Training job names must be unique', 'exists'],
    [400, 'ValidationException', 'Cannot create already existing model "arn:x".', 'exists'],
    [400, 'ValidationException', 'Cannot create already existing endpoint configuration "arn:x".', 'exists'],
    [400, 'ValidationException', 'Requested resource not found.', 'absent'],
    [400, 'ValidationException', 'Could not find endpoint "arn:x".', 'absent'],
    [400, 'ResourceNotFound', 'Requested resource not found.', 'absent'],
    [404, 'NotFound', 'UnknownError', 'absent'],
    [404, 'NoSuchEntity', 'The role with name Trainer cannot be found.', 'absent'],
    [404, 'SyntaxError', 'Unexpected token < in JSON', 'unavailable'],
    [404, 'Unknown', 'UnknownError', 'unavailable'],
    [404, 'Unknown', 'no Route matched with those values', 'unavailable'],
    [400, 'ValidationException', 'The request was rejected because the training job is in status Stopped.', 'not now'],
    [400, 'ValidationException', 'Cannot update in-progress endpoint "arn:x".', 'not now'],
    [
      400,
      'ValidationException',
      'Could not assume role arn:x. Please ensure that the role exists',
      'role not assumable',
    ],
    [400, 'ValidationException', "1 validation error detected: Value '0' at 'x' failed", 'invalid'],
    [400, 'ValidationException', 'A text of tomorrow', 'invalid'],
    [400, 'ResourceLimitExceeded', 'The account-level service limit is 0', 'limit'],
    [400, 'ThrottlingException', 'Rate exceeded', 'throttled'],
    [429, 'Unknown', '', 'throttled'],
    [503, 'SlowDown', 'Please reduce your request rate.', 'throttled'],
    [400, 'AccessDeniedException', 'User is not authorized to perform: sagemaker:CreateModel', 'denied'],
    [403, 'Unknown', 'UnknownError', 'denied'],
    [400, 'ExpiredTokenException', 'The security token included in the request is expired', 'expired credentials'],
    [403, 'SignatureDoesNotMatch', '', 'denied'],
    [undefined, 'CredentialsProviderError', 'Could not load credentials from any providers', 'denied'],
    [undefined, 'Error', 'Region is missing', 'invalid'],
    [301, 'PermanentRedirect', 'The bucket must be addressed using the specified endpoint.', 'invalid'],
    [500, 'InternalFailure', '', 'unavailable'],
    [503, 'Unknown', '', 'unavailable'],
    [200, 'SyntaxError', 'Unexpected token <', 'unavailable'],
    [undefined, 'TimeoutError', 'socket hang up', 'unavailable'],
    [undefined, 'ECONNREFUSED', 'connect ECONNREFUSED', 'unavailable'],
  ])('%s %s (%s) means %s', (status, code, message, meaning) => {
    expect(classifyAwsError({ status, code, message })).toBe(meaning);
  });

  it('is nothing where the answer lacks what it must tell', () => {
    expect(requireMember('Tags', [])).toEqual([]);
    for (const value of [undefined, null, '']) {
      let thrown: unknown;
      try {
        requireMember('EndpointArn', value);
      } catch (error) {
        thrown = error;
      }
      expect(readTrouble(thrown)).toMatchObject({
        code: 'IncompleteAnswer',
        meaning: 'unavailable',
        message: 'AWS answered without EndpointArn',
      });
    }
  });

  it('is that something is not there only in the words of AWS: a 404 without an id is of someone between', () => {
    const ofHead = { name: 'NotFound', message: 'UnknownError' };
    const requestId = 'A1B2C3D4E5F6';
    expect(readTrouble({ ...ofHead, $metadata: { httpStatusCode: 404, requestId } }).meaning).toBe('absent');
    expect(readTrouble({ ...ofHead, $metadata: { httpStatusCode: 404 } }).meaning).toBe('unavailable');
    const ofS3 = { name: 'NoSuchKey', message: 'The specified key does not exist.' };
    expect(readTrouble({ ...ofS3, $metadata: { httpStatusCode: 404 } }).meaning).toBe('absent');
  });

  it('passes by itself where the client has corrected its clock, and it was for the clock', () => {
    const corrected = { httpStatusCode: 403, clockSkewCorrected: true };
    const expired = { name: 'InvalidSignatureException', message: 'Signature expired: 1 is now earlier than 2' };
    expect(readTrouble({ ...expired, $metadata: { httpStatusCode: 403 } }).meaning).toBe('denied');
    expect(readTrouble({ ...expired, $metadata: corrected }).meaning).toBe('unavailable');
    const skewed = { name: 'RequestTimeTooSkewed', message: 'The difference is too large.' };
    expect(readTrouble({ ...skewed, $metadata: corrected }).meaning).toBe('unavailable');
    const wrongKey = { name: 'SignatureDoesNotMatch', message: 'The request signature we calculated does not match' };
    expect(readTrouble({ ...wrongKey, $metadata: corrected }).meaning).toBe('denied');
    const absent = { name: 'ValidationException', message: 'Could not find model "arn".' };
    expect(readTrouble({ ...absent, $metadata: { httpStatusCode: 400, clockSkewCorrected: true } }).meaning).toBe(
      'absent',
    );
  });

  it('is worth asking again only for what passes by itself', () => {
    expect(
      ['throttled', 'unavailable', 'expired credentials', 'role not assumable'].map((m) => isTransient(m as never)),
    ).toEqual([true, true, true, true]);
    expect(['absent', 'exists', 'denied', 'limit', 'invalid', 'not now'].some((m) => isTransient(m as never))).toBe(
      false,
    );
  });
});
