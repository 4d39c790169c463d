/** A deployment that does not come into service; the message is the endpoint's FailureReason, in AWS's words. */
export class DeploymentFailed extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'DeploymentFailed';
  }
}
