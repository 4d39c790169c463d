/** What arguments of more than one kind are made of. */

/** A value that survives JSON. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** A resource tag, as AWS writes it but for the case of its fields. */
export interface Tag {
  /** At most 128 characters; `aws:` and `temporal-sagemaker:` are taken. */
  key: string;
  /** At most 256 characters, or none. */
  value: string;
}
