/**
 * Everything that crosses the wire: names that both sides must spell alike, and the shapes of inputs, results and
 * progress. Constants and types only. Starters (client, CLI, any other language) write the inputs; `schemas/` checks
 * the same shapes at run time; workflows answer with the results.
 *
 * All of it is plain JSON: times are ISO 8601 strings, an absent value is an absent field.
 */
export * from './names';
export type * from './values';
export type * from './training-data';
export type * from './training-settings';
export type * from './training-arguments';
export type * from './hosting-settings';
export type * from './hosting-arguments';
export type * from './inputs';
export * from './progress';
export type * from './outcomes';
export type * from './results';
export type * from './sweep';
export * from './failures';
