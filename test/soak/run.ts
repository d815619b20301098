import { soakDrive } from './drive.ts';

/** What is tried for long, by name. */
const soaks: Readonly<Record<string, (size?: number) => Promise<void>>> = { drive: soakDrive };

const soak = soaks[process.argv[2] ?? ''];
if (soak === undefined) {
  console.error(`Usage: npm run soak -- ${Object.keys(soaks).join('|')} [GiB]`);
  process.exitCode = 2;
} else await soak(process.argv[3] === undefined ? undefined : Number(process.argv[3]));
