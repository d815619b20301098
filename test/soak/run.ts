import { soakCrashes } from './crashes.ts';
import { soakDrive } from './drive.ts';
import { soakGuards } from './guards.ts';
import { soakFaults, soakMatrix, soakVolumes } from './matrix.ts';
import { soakSim } from './sim.ts';
import { soakSync } from './sync.ts';

/** What is tried for long, by name. */
const soaks: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  drive: ([sizeGiB]) => soakDrive(sizeGiB === undefined ? undefined : Number(sizeGiB)),
  crashes: () => soakCrashes((line) => console.log(line)),
  faults: ([, step]) => soakFaults(Number(step ?? 1)),
  guards: () => soakGuards(),
  matrix: (args) => (args[0] === '--volumes' ? soakVolumes() : soakMatrix(Number(args[1] ?? 1))),
  sim: soakSim,
  sync: ([, minutes, , seed]) => soakSync(Number(minutes ?? 60), seed === undefined ? undefined : Number(seed)),
};

const soak = soaks[process.argv[2] ?? ''];
if (soak === undefined) {
  console.error(
    'Usage: npm run soak -- drive [GiB] | crashes | sim [--seed N] [--count N] [--workers N]\n' +
      '  | matrix [--volumes | --every N] | faults [--every N] | guards | sync [--minutes N [--seed N]]',
  );
  process.exitCode = 2;
} else await soak(process.argv.slice(3));
