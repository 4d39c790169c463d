/**
 * Lays out what a training algorithm finds at /opt/ml on one host: the configuration files, and a folder for each thing
 * it may leave. Channels are filled by `channel-files.ts` and `channel-pipe.ts`.
 */
import type { Channel } from '@aws-sdk/client-sagemaker';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A host of a job, as resource configuration names it. */
export interface Host {
  name: string;
  instanceType: string;
  group: string;
}

export interface TrainingFolder {
  /** What is at /opt/ml. */
  baseFolder: string;
  scratchFolder: string;
  homeFolder: string;
  hostsFile: string;
  dataFolder: string;
}

export interface TrainingConfiguration {
  hyperparameters: Record<string, string>;
  channels: readonly Channel[];
  /** Of the job; a channel may have its own. */
  inputMode: string;
}

export async function layOutTrainingFolder(
  hostFolder: string,
  host: Host,
  hosts: readonly Host[],
  configuration: TrainingConfiguration,
): Promise<TrainingFolder> {
  const baseFolder = path.join(hostFolder, 'ml');
  const layout: TrainingFolder = {
    baseFolder,
    scratchFolder: path.join(hostFolder, 'scratch'),
    homeFolder: path.join(hostFolder, 'home'),
    hostsFile: path.join(hostFolder, 'hosts'),
    dataFolder: path.join(baseFolder, 'input', 'data'),
  };
  for (const folder of ['input/config', 'input/data', 'model', 'output/data', 'checkpoints', 'code']) {
    await mkdir(path.join(baseFolder, folder), { recursive: true });
  }
  await mkdir(layout.scratchFolder, { recursive: true });
  await mkdir(layout.homeFolder, { recursive: true });
  await writeFile(layout.hostsFile, writeHosts(hosts));
  const files: Record<string, unknown> = {
    hyperparameters: configuration.hyperparameters,
    inputdataconfig: describeChannels(configuration),
    resourceconfig: describeResources(host, hosts),
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(path.join(baseFolder, 'input', 'config', `${name}.json`), JSON.stringify(content));
  }
  return layout;
}

/** Each host has a loopback address of its own, so that hosts can listen on the same port under their names. */
function writeHosts(hosts: readonly Host[]): string {
  const lines = hosts.map(({ name }, index) => `127.0.0.${String(index + 1)} ${name}`);
  return ['127.0.0.1 localhost', '::1 localhost ip6-localhost ip6-loopback', ...lines, ''].join('\n');
}

function describeChannels({ channels, inputMode }: TrainingConfiguration): Record<string, Record<string, string>> {
  const described: Record<string, Record<string, string>> = {};
  for (const channel of channels) {
    described[channel.ChannelName ?? ''] = {
      ...(channel.ContentType === undefined ? {} : { ContentType: channel.ContentType }),
      TrainingInputMode: channel.InputMode ?? inputMode,
      S3DistributionType: channel.DataSource?.S3DataSource?.S3DataDistributionType ?? 'FullyReplicated',
      RecordWrapperType: channel.RecordWrapperType ?? 'None',
    };
  }
  return described;
}

function describeResources(host: Host, hosts: readonly Host[]): Record<string, unknown> {
  const groups = [...new Set(hosts.map(({ group }) => group))];
  return {
    current_host: host.name,
    current_instance_type: host.instanceType,
    current_group_name: host.group,
    hosts: hosts.map(({ name }) => name).sort(),
    instance_groups: groups.map((group) => {
      const members = hosts.filter((candidate) => candidate.group === group);
      return {
        instance_group_name: group,
        instance_type: members[0]?.instanceType,
        hosts: members.map(({ name }) => name).sort(),
      };
    }),
    network_interface_name: process.platform === 'darwin' ? 'lo0' : 'lo',
  };
}
