import { bin, inRoot } from '../paths.ts';
import { run } from '../process.ts';

/** One project per world, each with only its own types; the desktop shell is checked against both Electron typings. */
export const projects = [
  'shared',
  'server',
  'electron/main',
  'electron/preload',
  'electron/agent',
  'electron/tsconfig.electron33.json',
  'renderer',
  'test',
  'build',
];

/** Type-checks every world, two at a time, and returns what the compiler said. */
export async function checkTypes(): Promise<readonly string[]> {
  const waiting = [...projects];
  const problems: string[] = [];
  const worker = async (): Promise<void> => {
    for (let project = waiting.shift(); project !== undefined; project = waiting.shift()) {
      const { code, output } = await run(bin('tsc'), ['-p', inRoot(project), '--pretty', 'false'], { cwd: inRoot() });
      // A world without a file yet has nothing to check (TS18003).
      if (code !== 0 && !output.includes('TS18003')) problems.push(`${project}:\n${output.trim()}`);
    }
  };
  await Promise.all([worker(), worker()]);
  return problems;
}
