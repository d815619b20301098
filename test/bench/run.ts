import { davFigures } from './dav/run.ts';
import { driveFigures } from './drive.ts';
import { policyFigures } from './policy.ts';
import { smallFileFigures } from './small-files.ts';
import { searchFigures } from './search/run.ts';
import { syncFigures, syncUsage } from './sync/run.ts';
import { scaleFigures } from './sync/scale.ts';
import { startFigures, type Figure } from './start/run.ts';

/** Benches by name; `start` is the one that the product is held against. */
const benches: Readonly<Record<string, () => Promise<Figure[]>>> = {
  start: async () => [...(await startFigures()), ...(await smallFileFigures())],
  app: startFigures,
  'small-files': smallFileFigures,
  policy: policyFigures,
  dav: davFigures,
  drive: driveFigures,
  search: searchFigures,
  sync: () => syncFigures(process.argv.slice(3)),
  'sync-scale': scaleFigures,
};

function show(figures: readonly Figure[]): void {
  const rows = figures.map(({ name, unit, value, bound }) => {
    const shown = `${round(value)} ${unit}`.trim();
    const limit = bound === null ? '' : `${value <= bound ? 'within' : 'OVER'} ${round(bound)} ${unit}`.trim();
    return [name, shown, limit] as const;
  });
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const [name, shown, limit] of rows) console.log(`${name.padEnd(widths[0]!)}  ${shown.padStart(widths[1]!)}  ${limit}`.trimEnd());
  console.log(JSON.stringify(figures.map((figure) => ({ ...figure, value: round(figure.value) }))));
}

const round = (value: number): number => Math.round(value * 10) / 10;

const bench = benches[process.argv[2] ?? ''];
if (bench === undefined) {
  console.error(`Usage: npm run bench -- ${Object.keys(benches).join('|')}\n\n${syncUsage}`);
  process.exitCode = 2;
} else show(await bench());
