/** What a training job reads: the argument `inputs` of `fit`, channel by channel. */

/** How a channel's data reaches the container. */
export type InputMode = 'File' | 'Pipe' | 'FastFile';

/** One channel's source, with all the fields of the seed's `s3_input`. */
export interface S3Input {
  /** S3 URI of a prefix, a manifest or an augmented manifest. */
  s3Data: string;
  /** Whether each instance gets all of it or its share of the objects. @default 'FullyReplicated' */
  distribution?: 'FullyReplicated' | 'ShardedByS3Key';
  /** How the objects are compressed; for Pipe mode. @default 'None' */
  compression?: 'None' | 'Gzip';
  /** MIME type of the objects, told to the container. */
  contentType?: string;
  /** How to wrap the objects in records. @default 'None' */
  recordWrapping?: 'None' | 'RecordIO';
  /** What `s3Data` names. @default 'S3Prefix' */
  s3DataType?: 'S3Prefix' | 'ManifestFile' | 'AugmentedManifestFile';
  /** Names of the instance groups that get the data; at most 5. @default all of them */
  instanceGroups?: string[];
  /** How this channel's data reaches the container. Of an input that is no channel of an object: the job's too. @default the estimator's */
  inputMode?: InputMode;
  /** Which attributes of an augmented manifest to read; at most 16. */
  attributeNames?: string[];
  /** Shuffles the order of objects, or of a manifest's lines, by this seed. */
  shuffleConfig?: {
    /** A whole number; it also decides the order of later epochs. */
    seed: number;
  };
}

/** One channel's source on a file system that the training's VPC reaches. */
export interface FileSystemInput {
  /** Such as `fs-0123456789abcdef0`. */
  fileSystemId: string;
  /** Amazon EFS or FSx for Lustre. */
  fileSystemType: 'EFS' | 'FSxLustre';
  /** The folder that the channel shows. */
  directoryPath: string;
  /** Read it, or write too. @default 'ro' */
  fileSystemAccessMode?: 'ro' | 'rw';
  /** MIME type of the files, told to the container. */
  contentType?: string;
}

/** Where one channel's data is: an S3 URI, or an S3 or file system input. */
export type ChannelInput = string | S3Input | FileSystemInput;

/**
 * What to train on: one S3 URI, {@link S3Input} or {@link FileSystemInput} is the channel `training`; an object has a
 * channel for each key.
 */
export type FitInputs =
  | ChannelInput
  | (Record<string, ChannelInput> & {
      /** No channel is called so: an object that has it is one {@link S3Input}. */
      s3Data?: never;
      /** No channel is called so: an object that has it is one {@link FileSystemInput}. */
      fileSystemId?: never;
    });
