import { expect, it } from 'vitest';
import type { JobTicket } from './job.ts';
import { Turns, type Waiting } from './turns.ts';

const waiting = (asker: string, work: string, urgency: JobTicket['urgency'] = 'soon'): Waiting<string> => ({
  ticket: { tenantId: 'acme', asker, urgency },
  work,
});
function order(turns: Turns<string>, slowToo = true): string[] {
  const found: string[] = [];
  for (let next = turns.next(slowToo); next !== undefined; next = turns.next(slowToo)) found.push(next.work);
  return found;
}

it('lets askers take turns, however many one of them has', () => {
  const turns = new Turns<string>();
  for (const work of ['a1', 'a2', 'a3', 'a4']) turns.add(waiting('a', work));
  turns.add(waiting('b', 'b1'));
  turns.add(waiting('c', 'c1'));
  turns.add(waiting('b', 'b2'));
  expect(turns.size).toBe(7);
  expect(order(turns)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
  expect(turns.size).toBe(0);
});

it('takes what somebody looks at first, then what is heavy, then the background', () => {
  const turns = new Turns<string>();
  turns.add(waiting('a', 'index', 'background'));
  turns.add(waiting('a', 'convert', 'heavy'));
  turns.add(waiting('a', 'picture'));
  expect(order(turns)).toEqual(['picture', 'convert', 'index']);
});

it('keeps a place free of what takes long', () => {
  const turns = new Turns<string>();
  turns.add(waiting('a', 'convert', 'heavy'));
  turns.add(waiting('a', 'index', 'background'));
  expect(order(turns, false)).toEqual([]);
  turns.add(waiting('b', 'picture'));
  expect(order(turns, false)).toEqual(['picture']);
  expect(order(turns)).toEqual(['convert', 'index']);
});

it('forgets who waits no longer, once', () => {
  const turns = new Turns<string>();
  const gone = waiting('a', 'a1');
  turns.add(gone);
  turns.add(waiting('a', 'a2'));
  expect([turns.remove(gone), turns.remove(gone), turns.size]).toEqual([true, false, 1]);
  expect(order(turns)).toEqual(['a2']);
});
