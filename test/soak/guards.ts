import { guards } from '../guards/list.ts';
import { Copy } from '../guards/removal.ts';

/** Removes each guard of the engine alone and looks whether its case fails; throws when one is missed by nobody. */
export async function soakGuards(): Promise<void> {
  const copy = new Copy();
  try {
    const broken = await copy.play([...new Set(guards.map(({ fails }) => fails))]);
    if (broken !== null) throw new Error(`With every guard in place: ${broken}`);
    const missed: string[] = [];
    for (const guard of guards) {
      const why = await copy.without(guard).catch((error: unknown) => {
        missed.push(String(error));
        return String(error);
      });
      console.log(`${why === null ? 'NOBODY NOTICES' : 'noticed'}: ${guard.name}${why === null ? '' : `\n    ${why}`}`);
      if (why === null) missed.push(guard.name);
    }
    if (missed.length > 0) throw new Error(`${missed.length} of ${guards.length}: ${missed.join('; ')}`);
    console.log(`All ${guards.length} are noticed.`);
  } finally {
    copy.remove();
  }
}
