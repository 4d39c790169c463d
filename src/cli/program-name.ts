/**
 * What to type to start this program again in the same shell: told beside runs that are let go of. Found from the way in
 * which this process was started.
 */
import { accessSync, constants, realpathSync } from 'node:fs';
import path from 'node:path';

const NAME = 'temporal-sagemaker';

export interface Start {
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** The script that Node was started with. */
  script: string;
}

/** What a command is given: a run or an endpoint by its name, and options. */
export interface CommandArguments {
  name?: string;
  options?: string[];
}

/** A command line that works as typed. */
export function commandLine(start: Start, command: string, { name, options = [] }: CommandArguments = {}): string {
  // A name that begins with a hyphen would be read as an option.
  const operands = name === undefined ? [] : [...(name.startsWith('-') ? ['--'] : []), name];
  return [nameProgram(start), ...[command, ...options, ...operands].map(quote)].join(' ');
}

/** `temporal-sagemaker` where the shell finds it, `npx temporal-sagemaker` under npx, else `node` and the path. */
function nameProgram({ env, cwd, script }: Start): string {
  const target = realPath(script) ?? script;
  // npm puts folders on the PATH that the shell does not have.
  const isUnderNpm = env.npm_command !== undefined || env.npm_lifecycle_event !== undefined;
  if (env.npm_command === 'exec' && /[/\\]node_modules[/\\][.]bin[/\\]/.test(script)) return `npx ${NAME}`;
  const folders = (env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const ofShell = folders.filter((folder) => !isUnderNpm || !/[/\\]node_modules[/\\][.]bin[/\\]?$/.test(folder));
  if (findProgram(ofShell) === target) return NAME;
  const relative = path.relative(cwd, target);
  return `node ${quote(relative !== '' && relative.length < target.length ? relative : target)}`;
}

/** Real path of the first program of this name on the PATH: the one that a shell would take. */
function findProgram(folders: string[]): string | undefined {
  for (const folder of folders) {
    const file = path.join(folder, NAME);
    try {
      accessSync(file, constants.X_OK);
    } catch {
      // Not in this folder; the next one tells.
      continue;
    }
    return realPath(file);
  }
  return undefined;
}

function realPath(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}

/** As a POSIX shell reads it back. */
function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
