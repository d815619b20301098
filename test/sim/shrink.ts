import { imagine, play, type Outcome, type Scenario } from './scenario.ts';

/** What a scenario came to; an error that escapes it counts as a violation too. */
export async function outcomeOf(scenario: Scenario): Promise<Outcome> {
  try {
    return await play(scenario);
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { violations: [`thrown: ${what}`], traceHash: '', tree: [], lastLines: [], happened: 0 };
  }
}

/** The rule that was broken: what a smaller scenario must break as well. */
const ruleOf = ({ violations }: Outcome): string => (violations[0] ?? '').split(':')[0]!;

/** Leaves out commands, larger parts first, as long as the same promise is broken. */
export async function shrink(scenario: Scenario): Promise<Scenario> {
  const rule = ruleOf(await outcomeOf(scenario));
  let smallest = scenario;
  for (let size = Math.ceil(scenario.commands.length / 2); size >= 1;) {
    let isSmaller = false;
    for (let from = 0; from < smallest.commands.length; from += size) {
      const commands = smallest.commands.filter((_, index) => index < from || index >= from + size);
      const candidate = { ...smallest, commands };
      if (commands.length === smallest.commands.length || ruleOf(await outcomeOf(candidate)) !== rule) continue;
      smallest = candidate;
      isSmaller = true;
    }
    if (!isSmaller || size > 1) size = size === 1 && isSmaller ? 1 : Math.floor(size / 2);
  }
  return smallest;
}

/** Everything that somebody needs to see a failure again: seed, commands, trace. */
export async function report(seed: number): Promise<string> {
  const full = imagine(seed);
  const small = await shrink(full);
  const { violations, traceHash, lastLines } = await outcomeOf(small);
  return [
    `seed ${seed}, trace ${traceHash}, ${small.commands.length} of ${full.commands.length} commands:`,
    ...violations.map((violation) => `  ${violation}`),
    `  ${JSON.stringify({ ...small, pcs: small.pcs.map(({ traits, skew }) => ({ skew, traits: { ...traits, timeStepNs: String(traits.timeStepNs) } })) })}`,
    ...lastLines.slice(-60).map((line) => `    ${line}`),
  ].join('\n');
}

/** Plays the scenarios of some seeds; gives those that broke a promise. */
export async function playSeeds(
  from: number,
  count: number,
  each: (seed: number, outcome: Outcome) => void = () => undefined,
): Promise<number[]> {
  const broken: number[] = [];
  for (let seed = from; seed < from + count; seed += 1) {
    const outcome = await outcomeOf(imagine(seed));
    each(seed, outcome);
    if (outcome.violations.length > 0) broken.push(seed);
  }
  return broken;
}
