/**
 * How a run ends whose argument `updateEndpoint` is not met by what stands. Told by `prepare` before a training is paid for,
 * and by the deploy's own look at the endpoint.
 */
import type { FailureDetails } from '../contract';

/** What a failure is made of. */
export interface Unexpected {
  code: 'EndpointNotFound' | 'NameTaken';
  what: string;
  details: Pick<FailureDetails, 'fix' | 'differences'>;
}

export function nothingToUpdate(name: string): Unexpected {
  return {
    code: 'EndpointNotFound',
    what: `there is no endpoint named ${name} to update`,
    details: {
      fix: 'Give the name of an endpoint that exists, or leave updateEndpoint out: an endpoint that is not there is made.',
    },
  };
}

/** @param configName the config that it serves */
export function endpointIsThere(name: string, configName: string): Unexpected {
  return {
    code: 'NameTaken',
    what: `an endpoint named ${name} exists, and updateEndpoint is false; it was not touched`,
    details: {
      differences: [`EndpointConfigName: found ${JSON.stringify(configName)}`],
      fix: 'Choose another endpointName, or leave updateEndpoint out: an endpoint of ours is updated then.',
    },
  };
}
