import { soakDrive } from './drive.ts';

/** What is tried for long, by name. */
const soaks: Readonly<Record<string, () => Promise<void>>> = { drive: soakDrive };

const soak = soaks[process.argv[2] ?? ''];
if (soak === undefined) {
  console.error(`Usage: npm run soak -- ${Object.keys(soaks).join('|')}`);
  process.exitCode = 2;
} else await soak();
