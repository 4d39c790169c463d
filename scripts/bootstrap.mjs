// Makes a clone ready and runs a command in it: `node scripts/bootstrap.mjs [--check-types] -- command args...`.
// Installs packages and builds lib/ where they are not as package-lock.json and src/ say; says on stderr what it does,
// and nothing where there is nothing to do. Node built-ins only. Syntax that old Nodes can read, down to the check.
import { checkNodeVersion } from './bootstrap/check-node-version.mjs';

const complaint = checkNodeVersion(process.versions.node, process.execPath);
if (complaint) {
  process.stderr.write(complaint + '\n');
  process.exitCode = 1;
} else {
  import('./bootstrap/prepare-and-run.mjs').then(function (module) {
    return module.prepareAndRun(process.argv.slice(2));
  });
}
