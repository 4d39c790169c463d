/** After every test of every file: the promises of each world that is open. Jest loads this before the file's own tests. */
import { checkOpenWorlds } from './promises/open-worlds';

afterEach(checkOpenWorlds, 60_000);
