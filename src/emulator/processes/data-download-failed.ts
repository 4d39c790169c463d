/** Input data that cannot be brought to the algorithm; its message becomes part of the job's failure reason. */
export class DataDownloadFailed extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'DataDownloadFailed';
  }
}
