/** typedoc finds nothing that the package exports without documentation, and no link that leads nowhere (typedoc.json). */
import { join } from 'node:path';
import { runProcess } from '../support/processes';
import { ROOT } from './markdown';

jest.setTimeout(120_000);

test('every export, and every member of it, is documented', async () => {
  const typedoc = join(ROOT, 'node_modules/typedoc/bin/typedoc');
  const { code, stdout, stderr } = await runProcess(
    process.execPath,
    [typedoc, '--emit', 'none', '--pretty', 'false'],
    {
      cwd: ROOT,
      env: { ...process.env, NO_COLOR: '1' },
    },
  );
  expect({ code, complaints: stdout + stderr }).toEqual({ code: 0, complaints: '' });
});
