/** What runs leave that are terminated, for tests of the sweep. */
import { uniqueName, type Handle, type Rig } from './rig';
import { deployInput, fitInput, letLast, untilCalled } from './sweep-stages';

export async function terminateRun(rig: Rig, handle: Handle): Promise<void> {
  rig.exempt(handle.workflowId, { from: ['naming'], reason: 'it is terminated', mayBeIdle: true });
  await handle.terminate();
}

/** A training job whose run was terminated, and which trains on. */
export async function abandonJob(rig: Rig, name = uniqueName('abandoned')): Promise<string> {
  const handle = await rig.start('fit', fitInput(name));
  await untilCalled(rig, 'CreateTrainingJob', name);
  await terminateRun(rig, handle);
  return name;
}

/** An endpoint with config and model, whose run was terminated as it came up; from then on only training lasts. */
export async function abandonEndpoint(rig: Rig, name = uniqueName('abandoned')): Promise<string> {
  await letLast(rig, 'Training', 'Creating');
  const handle = await rig.start('deploy', deployInput(name));
  await untilCalled(rig, 'CreateEndpoint', name);
  await terminateRun(rig, handle);
  await letLast(rig, 'Training');
  return name;
}

/** A config and a model, whose run was terminated before it made the endpoint. */
export async function abandonParts(rig: Rig, name = uniqueName('abandoned')): Promise<string> {
  const [rule] = await rig.control.addFaults([
    { operation: 'CreateEndpoint', action: 'error', status: 500, resource: name },
  ]);
  const handle = await rig.start('deploy', deployInput(name));
  await untilCalled(rig, 'CreateEndpoint', name);
  await terminateRun(rig, handle);
  await rig.control.clearFaults(rule!.id);
  return name;
}

/** The kinds of what stands of an endpoint and its parts. */
export async function hostedParts(rig: Rig, name: string): Promise<string[]> {
  return (await rig.control.resources())
    .filter((one) => one.kind !== 'training-job' && (one.name === name || one.name.startsWith(`${name}-`)))
    .map(({ kind }) => kind);
}
