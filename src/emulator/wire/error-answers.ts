/**
 * Errors as each family of services answers them: JSON with `__type`, S3's XML, the query protocol's XML. `pipeline.ts`
 * sends what is made here.
 */
import { AwsError, type Service } from '../world';
import type { EncodedAnswer } from './codec';
import { escapeXml } from './escape-xml';
import { messageMemberOf } from './schemas';

const QUERY_NAMESPACES: Partial<Record<Service, string>> = {
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
};

/** The namespace of a query service's XML. */
export function queryNamespaceOf(service: Service): string {
  return QUERY_NAMESPACES[service] ?? '';
}

function elementsOf(fields: Record<string, unknown>): string {
  return Object.entries(fields)
    .filter(([name, value]) => /^[A-Za-z][\w-]*$/.test(name) && value !== undefined && value !== null)
    .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
    .join('');
}

function encodeS3Error(error: AwsError, requestId: string): EncodedAnswer {
  const headers: Record<string, string> = { 'content-type': 'application/xml' };
  // The answer to a conditional request has no body to say this in.
  if (error.status === 304) {
    return typeof error.fields.ETag === 'string'
      ? { status: 304, headers: { etag: error.fields.ETag } }
      : { status: 304, headers: {} };
  }
  const elements = elementsOf({ Code: error.code, Message: error.message, ...error.fields, RequestId: requestId });
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${elements}<HostId>${requestId}</HostId></Error>`;
  return { status: error.status, headers, body };
}

function encodeQueryError(service: Service, error: AwsError, requestId: string): EncodedAnswer {
  const type = error.status >= 500 ? 'Receiver' : 'Sender';
  const elements = elementsOf({ Type: type, Code: error.code, Message: error.message, ...error.fields });
  const body = `<ErrorResponse xmlns="${queryNamespaceOf(service)}"><Error>${elements}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
  return { status: error.status, headers: { 'content-type': 'text/xml' }, body };
}

function encodeJsonError(service: Service, error: AwsError): EncodedAnswer {
  const rest = service === 'sagemaker-runtime';
  const body = JSON.stringify({
    ...(rest ? {} : { __type: error.code }),
    [messageMemberOf(service, error.code)]: error.message,
    ...error.fields,
  });
  const headers = {
    'content-type': rest ? 'application/json' : 'application/x-amz-json-1.1',
    'x-amzn-errortype': error.code,
  };
  return { status: error.status, headers, body };
}

/** Writes an error as the service would. */
export function encodeError(service: Service, error: AwsError, requestId: string): EncodedAnswer {
  if (service === 's3') return encodeS3Error(error, requestId);
  if (service === 'sts' || service === 'iam') return encodeQueryError(service, error, requestId);
  return encodeJsonError(service, error);
}

/** The error for too many calls. */
export function throttlingError(service: Service): AwsError {
  if (service === 's3') return new AwsError('SlowDown', 'Please reduce your request rate.', 503);
  return new AwsError(service === 'sts' || service === 'iam' ? 'Throttling' : 'ThrottlingException', 'Rate exceeded');
}

/** The error for a defect of the service itself. */
export function internalError(service: Service): AwsError {
  if (service === 's3')
    return new AwsError('InternalError', 'We encountered an internal error. Please try again.', 500);
  return new AwsError('InternalFailure', 'The request processing has failed because of an unknown error.', 500);
}

/** The error for an operation that the emulator does not have. */
export function unknownOperation(service: Service, operation: string): AwsError {
  if (service === 's3') {
    return new AwsError('NotImplemented', `The emulator does not implement ${operation}`, 501, { Header: operation });
  }
  if (service === 'sts' || service === 'iam') {
    return new AwsError('InvalidAction', `Could not find operation ${operation}`, 400);
  }
  return new AwsError('UnknownOperationException', `The emulator does not implement ${operation}`, 400);
}

/** The code with which a service refuses a request that breaks a constraint. */
export function validationCodeOf(service: Service): string {
  if (service === 'logs') return 'InvalidParameterException';
  return service === 'sagemaker' ? 'ValidationException' : 'ValidationError';
}
