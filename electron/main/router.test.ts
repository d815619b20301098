import { describe, expect, it } from 'vitest';
import { createRouter } from './router.ts';

function makeRouter() {
  const seen: string[] = [];
  const route = createRouter(
    async (name) => {
      seen.push(`shell ${name}`);
      return { ok: true };
    },
    async (name) => {
      seen.push(`agent ${name}`);
      return { ok: true };
    },
    (name) => seen.push(`noticed ${name}`),
  );
  return { seen, route };
}

describe('the router', () => {
  it('serves the shell’s operations here and forwards those of workspace and sync', async () => {
    const { seen, route } = makeRouter();
    for (const name of ['shell.info', 'room.list', 'sync.roots']) expect(await route(name, {})).toEqual({ ok: true });
    expect(seen).toEqual(['shell shell.info', 'agent room.list', 'noticed room.list', 'agent sync.roots', 'noticed sync.roots']);
  });

  it('knows neither what the agent asks of the shell nor inherited names', async () => {
    const { seen, route } = makeRouter();
    for (const name of [
      'keychain.get',
      'handle.path',
      'pasted.release',
      'pasted.clear',
      'path.open',
      'settings.get',
      '__proto__',
      'constructor',
      'toString',
      '',
    ]) {
      expect(await route(name, {})).toMatchObject({ ok: false, error: { code: 'not_found' } });
    }
    expect(seen).toEqual([]);
  });
});
