import { soakCrashes } from './crashes.ts';
import { soakDrive } from './drive.ts';
import { soakSim } from './sim.ts';

/** What is tried for long, by name. */
const soaks: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  drive: ([sizeGiB]) => soakDrive(sizeGiB === undefined ? undefined : Number(sizeGiB)),
  crashes: () => soakCrashes((line) => console.log(line)),
  sim: soakSim,
};

const soak = soaks[process.argv[2] ?? ''];
if (soak === undefined) {
  console.error('Usage: npm run soak -- drive [GiB] | crashes | sim [--seed N] [--count N] [--workers N]');
  process.exitCode = 2;
} else await soak(process.argv.slice(3));
