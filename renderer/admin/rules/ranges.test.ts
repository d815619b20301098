import { expect, test } from 'vitest';
import { mostRanges, readRanges } from './ranges.ts';

test('pasted lines are read into the one way of writing, whatever stands between them', () => {
  expect(readRanges('10.20.1.9/16\r\n\r\n2001:DB8::1, 192.0.2.8 # old branch\n１０.0.0.1', [])).toEqual({
    ranges: ['10.20.0.0/16', '2001:db8::1', '192.0.2.8', '10.0.0.1'],
    faults: [],
  });
});

test('each line that cannot be added says which one it is and why', () => {
  expect(readRanges('10.0.0.0/8\nexample.com\n10.1.2.3/8\n10.0.0.300', ['192.0.2.1'])).toEqual({
    ranges: ['10.0.0.0/8'],
    faults: [
      { line: 2, text: 'example.com', fault: 'none' },
      { line: 3, text: '10.1.2.3/8', fault: 'twice' },
      { line: 4, text: '10.0.0.300', fault: 'none' },
    ],
  });
});

test('the list ends where the rules end it', () => {
  const present = Array.from({ length: mostRanges - 1 }, (_, index) => `10.0.${Math.floor(index / 250)}.${index % 250}`);
  const { ranges, faults } = readRanges('192.0.2.1\n192.0.2.2', present);
  expect(ranges).toEqual(['192.0.2.1']);
  expect(faults).toEqual([{ line: 2, text: '192.0.2.2', fault: 'many' }]);
});
