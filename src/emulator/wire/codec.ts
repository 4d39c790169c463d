/**
 * Requests in, answers out, by the SDK's own schemas and protocols, used the other way round: a request is read as if it
 * were the answer of an operation whose output is the real input, and an answer is written as if it were a request.
 * `pipeline.ts` calls this with what `routes.ts` found; bodies that are the payload itself never pass through here.
 */
import { AwsRestJsonProtocol, AwsRestXmlProtocol, JsonCodec2, XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { FromStringShapeDeserializer, HttpResponse } from '@smithy/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import { fromBase64, fromUtf8, toBase64, toUtf8 } from '@smithy/core/serde';
import type { $Codec, StaticStructureSchema } from '@smithy/types';
import { AwsError } from '../world';
import { escapeXml } from './escape-xml';
import { readQueryParameters } from './query-parameters';
import type { Operation } from './schemas';

/** What an answer consists of before it is sent. */
export interface EncodedAnswer {
  status: number;
  headers: Record<string, string>;
  body?: unknown;
  /** True where someone between answers in AWS's place, and knows nothing of AWS's ids. */
  isOthers?: boolean;
}

/** The parts of a REST request that the codec reads. */
export interface RestRequest {
  labels: Record<string, string>;
  query: ReadonlyMap<string, string>;
  headers: Record<string, string>;
  /** Absent where the body is the payload itself. */
  body?: Uint8Array;
}

const STRUCTURE = 3;
const EPOCH_SECONDS = 7;
const ISO_8601 = 5;

const serdeContext = {
  base64Decoder: fromBase64,
  base64Encoder: toBase64,
  utf8Decoder: fromUtf8,
  utf8Encoder: toUtf8,
  endpoint: () => Promise.resolve({ url: new URL('http://127.0.0.1/') }),
};

/** Reaches the one step of the protocol that reads a message by its bindings, without the checks for an error answer. */
class XmlReader extends AwsRestXmlProtocol {
  readMessage(schema: NormalizedSchema, response: HttpResponse): Promise<Record<string, unknown>> {
    return readMessage(schema, response, this.getPayloadCodec(), (data) =>
      this.deserializeHttpMessage(schema, serdeContext as never, response, data),
    );
  }
}

class JsonReader extends AwsRestJsonProtocol {
  readMessage(schema: NormalizedSchema, response: HttpResponse): Promise<Record<string, unknown>> {
    return readMessage(schema, response, this.getPayloadCodec(), (data) =>
      this.deserializeHttpMessage(schema, serdeContext as never, response, data),
    );
  }
}

async function readMessage(
  schema: NormalizedSchema,
  response: HttpResponse,
  codec: $Codec<Uint8Array | string, string>,
  readBindings: (data: Record<string, unknown>) => Promise<string[]>,
): Promise<Record<string, unknown>> {
  const data: Record<string, unknown> = {};
  const bodyMembers = await readBindings(data);
  const bytes = response.body as Uint8Array | undefined;
  if (bodyMembers.length > 0 && bytes !== undefined && bytes.byteLength > 0) {
    const body = (await codec.createDeserializer().read(schema, toUtf8(bytes))) as Record<string, unknown>;
    for (const member of bodyMembers) {
      if (body[member] !== undefined && body[member] !== null) data[member] = body[member];
    }
  }
  return data;
}

const restXml = new XmlReader({
  defaultNamespace: 'com.amazonaws.s3',
  xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
});
const restJson = new JsonReader({ defaultNamespace: 'com.amazonaws.sagemakerruntime' });
for (const protocol of [restXml, restJson]) protocol.setSerdeContext(serdeContext as never);

const jsonCodec = new JsonCodec2({ timestampFormat: { useTrait: true, default: EPOCH_SECONDS }, jsonName: false });
const bindingSettings = { httpBindings: true, timestampFormat: { useTrait: true, default: ISO_8601 } } as const;
const stringReader = new FromStringShapeDeserializer(bindingSettings);

/** A structure with some of another's members. */
function cutStructure(
  schema: NormalizedSchema,
  name: string,
  keep: (member: NormalizedSchema) => boolean,
): NormalizedSchema {
  const members = [...schema.structIterator()].filter(([, member]) => keep(member));
  const [, namespace, , traits] = schema.getSchema() as StaticStructureSchema;
  const cut = [
    STRUCTURE,
    namespace,
    name,
    traits,
    members.map(([member]) => member),
    members.map(([, member]) => member),
  ];
  return NormalizedSchema.of(cut as unknown as StaticStructureSchema);
}

/** The member that is the body itself, byte for byte. */
export function rawPayloadMember(schema: NormalizedSchema): string | undefined {
  if (!schema.isStructSchema()) return undefined;
  for (const [name, member] of schema.structIterator()) {
    if (member.getMergedTraits().httpPayload !== undefined && member.isBlobSchema()) return name;
  }
  return undefined;
}

const withoutUrl = new Map<Operation, NormalizedSchema>();

/** What of the input travels in headers and body. */
function inputBesideUrl(operation: Operation): NormalizedSchema {
  const known = withoutUrl.get(operation);
  if (known !== undefined) return known;
  const raw = rawPayloadMember(operation.input);
  const cut = cutStructure(operation.input, operation.input.getName() ?? operation.name, (member) => {
    const { httpLabel, httpQuery } = member.getMergedTraits();
    return httpLabel === undefined && httpQuery === undefined && member.getMemberName() !== raw;
  });
  withoutUrl.set(operation, cut);
  return cut;
}

const restOutputs = new Map<
  Operation,
  { namespace: string; name: string; traits: object; input: unknown; output: 'unit' }
>();

/** The operation as the protocol wants it for writing an answer: the real output in the place of the input. */
function asRequest(operation: Operation) {
  const known = restOutputs.get(operation);
  if (known !== undefined) return known;
  const raw = rawPayloadMember(operation.output);
  const input = cutStructure(
    operation.output,
    operation.output.getName() ?? operation.name,
    (member) => member.getMemberName() !== raw,
  );
  const made = {
    namespace: '',
    name: operation.name,
    traits: { http: ['POST', '/', 200] },
    input,
    output: 'unit',
  } as const;
  restOutputs.set(operation, made);
  return made;
}

/** Reads a JSON body whose types are known to be right: times become dates, blobs bytes, unknown members go. */
export async function decodeJson(operation: Operation, body: unknown): Promise<Record<string, unknown>> {
  if (!operation.input.isStructSchema()) return {};
  return (await jsonCodec.createDeserializer().read(operation.input, JSON.stringify(body))) as Record<string, unknown>;
}

/** Reads labels, query, headers and body of a REST request. */
export async function decodeRest(operation: Operation, request: RestRequest): Promise<Record<string, unknown>> {
  if (!operation.input.isStructSchema()) return {};
  const reader = operation.service === 's3' ? restXml : restJson;
  const message = new HttpResponse({ statusCode: 200, headers: { ...request.headers }, body: request.body });
  const input = await reader.readMessage(inputBesideUrl(operation), message);
  for (const [name, member] of operation.input.structIterator()) {
    const { httpLabel, httpQuery } = member.getMergedTraits();
    const given =
      httpLabel !== undefined
        ? request.labels[name]
        : httpQuery !== undefined
          ? request.query.get(httpQuery)
          : undefined;
    if (given !== undefined) input[name] = stringReader.read(member, given) as unknown;
  }
  return input;
}

/** Reads the form that STS and IAM are asked with. */
export function decodeQuery(operation: Operation, parameters: ReadonlyMap<string, string>): Record<string, unknown> {
  if (!operation.input.isStructSchema()) return {};
  return readQueryParameters(operation.input, parameters, (member, text) => stringReader.read(member, text) as unknown);
}

/** Writes an answer in AWS JSON 1.1. */
export function encodeJson(operation: Operation, output: unknown): EncodedAnswer {
  const headers = { 'content-type': 'application/x-amz-json-1.1' };
  if (!operation.output.isStructSchema()) return { status: 200, headers };
  const serializer = jsonCodec.createSerializer();
  serializer.write(operation.output, output ?? {});
  return { status: 200, headers, body: serializer.flush() };
}

/** Writes an answer whose members go to headers, body or both; a raw payload is handed on as it is. */
export async function encodeRest(operation: Operation, output: unknown): Promise<EncodedAnswer> {
  const members = (output ?? {}) as Record<string, unknown>;
  const status = members.ContentRange === undefined ? (operation.http?.successStatus ?? 200) : 206;
  if (!operation.output.isStructSchema()) return { status, headers: {} };
  if (operation.name === 'GetBucketLocation') return encodeBucketLocation(members.LocationConstraint);
  const protocol = operation.service === 's3' ? restXml : restJson;
  const written = await protocol.serializeRequest(asRequest(operation) as never, members, serdeContext as never);
  const raw = rawPayloadMember(operation.output);
  const body: unknown = raw === undefined ? written.body : members[raw];
  return { status, headers: written.headers, ...(body === undefined || body === null ? {} : { body }) };
}

/** The one answer of S3 that is a bare element, which no schema says. */
function encodeBucketLocation(location: unknown): EncodedAnswer {
  const text = typeof location === 'string' ? escapeXml(location) : '';
  const body = `<?xml version="1.0" encoding="UTF-8"?><LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${text}</LocationConstraint>`;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

/** Writes the XML that STS and IAM answer with. */
export function encodeQuery(
  operation: Operation,
  output: unknown,
  envelope: { xmlNamespace: string; requestId: string },
): EncodedAnswer {
  let result = '';
  if (operation.output.isStructSchema()) {
    const serializer = new XmlShapeSerializer({
      timestampFormat: { useTrait: true, default: ISO_8601 },
      xmlNamespace: '',
      serviceNamespace: '',
    });
    serializer.setSerdeContext(serdeContext as never);
    serializer.write(
      cutStructure(operation.output, `${operation.name}Result`, () => true),
      output ?? {},
    );
    result = String(serializer.flush());
  }
  const name = `${operation.name}Response`;
  const metadata = `<ResponseMetadata><RequestId>${envelope.requestId}</RequestId></ResponseMetadata>`;
  const body = `<${name} xmlns="${envelope.xmlNamespace}">${result}${metadata}</${name}>`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}

/** Turns what the protocols throw on a body they cannot read into AWS's error for it. */
export function asMalformed(operation: Operation, error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  if (operation.service === 's3') {
    return new AwsError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    );
  }
  return new AwsError('SerializationException', 'The request could not be read');
}
