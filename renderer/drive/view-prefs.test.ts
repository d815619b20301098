import { describe, expect, test } from 'vitest';
import { fittingColumns, readPrefs, standardPrefs, widened, withPrefs } from './view-prefs.ts';

describe('how a drive is looked at', () => {
  test('is kept drive by drive, and what cannot be read is as if never kept', () => {
    const kept = withPrefs({}, 'plant', { ...standardPrefs, view: 'tiles' });
    expect(readPrefs(JSON.stringify(kept))['plant']?.view).toBe('tiles');
    expect(readPrefs('{"plant":{"view":"spiral","sort":7}}')['plant']).toEqual(standardPrefs);
    expect([readPrefs('nonsense'), readPrefs(null), readPrefs('[]')]).toEqual([{}, {}, {}]);
  });
  test('is forgotten for the drive that was not looked at for longest', () => {
    let all: ReturnType<typeof readPrefs> = {};
    for (let index = 0; index < 201; index += 1) all = withPrefs(all, `drive-${index}`, standardPrefs);
    expect(Object.keys(all)).toHaveLength(200);
    expect(all['drive-0']).toBeUndefined();
  });
});

describe('columns', () => {
  const order = ['name', 'kind', 'person', 'date', 'size'] as const;
  const wanted = ['name', 'size', 'date', 'person', 'kind'] as const;
  test('are as many as there is room for, the most needed first', () => {
    expect(fittingColumns(wanted, order, {}, 1_000).shown).toEqual(order);
    expect(fittingColumns(wanted, order, {}, 560).shown).toEqual(['name', 'person', 'date', 'size']);
    expect(fittingColumns(wanted, order, {}, 330)).toEqual({ shown: ['name', 'size'], template: 'minmax(120px, 1fr) 92px' });
    expect(fittingColumns(wanted, order, {}, 0).shown).toEqual(['name']);
  });
  test('are drawn wider and narrower within bounds, and reset', () => {
    expect([widened('size', undefined, 20), widened('size', 70, -20), widened('size', 390, 90), widened('size', 200, null)]).toEqual([
      112, 64, 400, 92,
    ]);
  });
});
