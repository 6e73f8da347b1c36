// Who runs where: the servers on the first core, the load (and the databases) on others. `package.json` puts the load on core 1.
import { cpus } from 'node:os';

const count = cpus().length;

/** The first server has core 0; others have cores of their own where the machine has more than the load needs. */
export const serverCore = (nth: number): number => (nth === 0 || count < 4 ? 0 : 2 + ((nth - 1) % (count - 3)));

/** The last core, which on a machine of two is the load's. */
export const storeCore = count - 1;
