/** The package's tarball, as it would be published, and a folder in which it is installed. */
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { extract } from 'tar';
import { runProcess } from '../support/processes';
import { ROOT } from './markdown';

/** Packs what `lib/` and the rest hold now; answers the tarball's path in `folder`. */
export async function packPackage(folder: string): Promise<string> {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const { code, stdout, stderr } = await runProcess('npm', args, { cwd: ROOT });
  if (code !== 0) throw new Error(`npm pack failed: ${stderr}`);
  const [packed] = JSON.parse(stdout) as [{ filename: string }];
  return join(folder, packed.filename);
}

/** Installs a tarball in `folder` as npm would, but for its dependencies, which are the repository's own. */
export async function installPackage(tarball: string, folder: string): Promise<void> {
  const modules = join(folder, 'node_modules');
  const home = join(modules, 'temporal-sagemaker');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  for (const name of readdirSync(join(ROOT, 'node_modules')).filter((entry) => !entry.startsWith('.'))) {
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
  mkdirSync(home);
  await extract({ file: tarball, cwd: home, strip: 1 });
  symlinkSync(join(home, 'lib/cli/main.js'), join(modules, '.bin/temporal-sagemaker'));
}
