/**
 * The List operations' common part: filters, order, pages. A page token holds the place of the page's last item in the
 * order, so that what is made or deleted meanwhile neither repeats nor hides others.
 */
import { refuseInput } from './refusals';
import type { ResourceRecord } from './resources';

/** What the List requests have in common; AWS's model has checked the types. */
export interface ListInput {
  NextToken?: string | undefined;
  MaxResults?: number | undefined;
  NameContains?: string | undefined;
  CreationTimeAfter?: Date | undefined;
  CreationTimeBefore?: Date | undefined;
  LastModifiedTimeAfter?: Date | undefined;
  LastModifiedTimeBefore?: Date | undefined;
  StatusEquals?: string | undefined;
  SortBy?: string | undefined;
  SortOrder?: string | undefined;
}

export interface ListRules<Stored> {
  statusOf?: (record: Stored) => string;
  /** Where the request names no order. AWS's operations differ. */
  defaultOrder: 'Ascending' | 'Descending';
  /** True where AWS picks out a status from the page, and not before: then a page may be short, or empty. */
  filtersPages?: boolean;
}

const DEFAULT_PAGE = 10;

type Place = [key: string | number, name: string];

export function listPage<Stored extends ResourceRecord>(
  records: readonly Stored[],
  input: ListInput,
  { statusOf, defaultOrder, filtersPages = false }: ListRules<Stored>,
): { page: Stored[]; NextToken?: string } {
  const direction = (input.SortOrder ?? defaultOrder) === 'Ascending' ? 1 : -1;
  const placeOf = (record: Stored): Place => [
    input.SortBy === 'Name'
      ? record.name
      : input.SortBy === 'Status'
        ? (statusOf?.(record) ?? '')
        : record.creationTime,
    record.name,
  ];
  const compare = (one: Place, other: Place): number =>
    direction * (compareKeys(one[0], other[0]) || compareKeys(one[1], other[1]));
  const after = input.NextToken === undefined ? undefined : readToken(input.NextToken);
  const matching = records
    .filter((record) => matches(record, input) && (filtersPages || hasStatus(record, input, statusOf)))
    .map((record) => ({ record, place: placeOf(record) }))
    .filter(({ place }) => after === undefined || compare(place, after) > 0)
    .sort((one, other) => compare(one.place, other.place));
  const page = matching.slice(0, input.MaxResults ?? DEFAULT_PAGE);
  const last = page.at(-1);
  return {
    page: page.map(({ record }) => record).filter((record) => hasStatus(record, input, statusOf)),
    ...(last !== undefined && matching.length > page.length ? { NextToken: writeToken(last.place) } : {}),
  };
}

function hasStatus<Stored>(record: Stored, input: ListInput, statusOf: ListRules<Stored>['statusOf']): boolean {
  return input.StatusEquals === undefined || statusOf?.(record) === input.StatusEquals;
}

function matches(record: ResourceRecord, input: ListInput): boolean {
  return (
    (input.NameContains === undefined || record.name.includes(input.NameContains)) &&
    isBetween(record.creationTime, input.CreationTimeAfter, input.CreationTimeBefore) &&
    isBetween(record.lastModifiedTime, input.LastModifiedTimeAfter, input.LastModifiedTimeBefore)
  );
}

function isBetween(time: number, after: Date | undefined, before: Date | undefined): boolean {
  return (after === undefined || time >= after.getTime()) && (before === undefined || time <= before.getTime());
}

function compareKeys(one: string | number, other: string | number): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function writeToken(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function readToken(token: string): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (Array.isArray(place) && place.length === 2) return place as Place;
  } catch {
    // Refused below, like any other token that was not made here.
  }
  throw refuseInput('Invalid NextToken.');
}
