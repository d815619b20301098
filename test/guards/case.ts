import { gaps } from '../matrix/gaps.ts';

/** Plays cases by name; ends with 1 and says why when one does not end as it must. */
for (const name of process.argv.slice(2)) {
  const gap = gaps.find((candidate) => candidate.name === name);
  if (gap === undefined) throw new Error(`There is no case “${name}”`);
  const problems = await gap.problems();
  if (problems.length === 0) continue;
  console.log(problems[0]);
  process.exit(1);
}
process.exit(0);
