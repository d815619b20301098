import { expect, it } from 'vitest';
import { decodeText } from './decode-text.ts';

const text = '議事録：来月の計画について、見積りと会議の資料を送ります。よろしくお願いいたします。\r\n';
/** What no encoder of the platform makes. */
const eucJp = Buffer.from([
  0xb2, 0xf1, 0xb5, 0xc4, 0xa4, 0xce, 0xbb, 0xf1, 0xce, 0xc1, 0xa4, 0xf2, 0xc1, 0xf7, 0xa4, 0xea, 0xa4, 0xde, 0xa4, 0xb9,
]);
const shiftJis = Buffer.from([
  0x89, 0xef, 0x8b, 0x63, 0x82, 0xcc, 0x8e, 0x91, 0x97, 0xbf, 0x82, 0xf0, 0x91, 0x97, 0x82, 0xe8, 0x82, 0xdc, 0x82, 0xb7,
]);
const iso2022 = Buffer.from([0x1b, 0x24, 0x42, 0x32, 0x71, 0x35, 0x44, 0x24, 0x4e, 0x3b, 0x71, 0x4e, 0x41, 0x1b, 0x28, 0x42]);
const bigEndian = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();

it('reads text in every encoding that files of our users are in', () => {
  expect(decodeText(Buffer.from(text))).toEqual({ text, encoding: 'utf-8' });
  expect(decodeText(Buffer.from(`\ufeff${text}`))).toEqual({ text, encoding: 'utf-8' });
  expect(decodeText(Buffer.from(`\ufeff${text}`, 'utf16le'))).toEqual({ text, encoding: 'utf-16le' });
  expect(decodeText(bigEndian(Buffer.from(`\ufeff${text}`, 'utf16le')))).toEqual({ text, encoding: 'utf-16be' });
  expect(decodeText(Buffer.from(text, 'utf16le'))).toEqual({ text, encoding: 'utf-16le' });
  expect(decodeText(bigEndian(Buffer.from(text, 'utf16le')))).toEqual({ text, encoding: 'utf-16be' });
  expect(decodeText(shiftJis)).toEqual({ text: '会議の資料を送ります', encoding: 'shift_jis' });
  expect(decodeText(eucJp)).toEqual({ text: '会議の資料を送ります', encoding: 'euc-jp' });
  expect(decodeText(iso2022)).toEqual({ text: '会議の資料', encoding: 'iso-2022-jp' });
  expect(decodeText(Buffer.alloc(0))).toEqual({ text: '', encoding: 'utf-8' });
});

it('leaves out the last character of a beginning that ends within it', () => {
  expect(decodeText(Buffer.from('会議').subarray(0, 5))).toEqual({ text: '会', encoding: 'utf-8' });
  expect(decodeText(shiftJis.subarray(0, 19))).toEqual({ text: '会議の資料を送りま', encoding: 'shift_jis' });
});

it('takes colours of a terminal for what they are', () => {
  const coloured = '\u001b[31merror\u001b[0m: 3 files\n'.repeat(3);
  expect(decodeText(Buffer.from(coloured))).toEqual({ text: coloured, encoding: 'utf-8' });
});

it('shows a few broken bytes as such, and takes what is mostly broken for no text', () => {
  const mostly = Buffer.concat([Buffer.from('The figures of the meeting on Monday. '.repeat(5)), Buffer.from([0xff])]);
  expect(decodeText(mostly)?.text.endsWith('\ufffd')).toBe(true);
  expect(decodeText(Buffer.from(Array.from({ length: 300 }, (_, at) => (at * 37) % 256)))).toBeNull();
  expect(decodeText(Buffer.from([1, 2, 3, 0, 255, 254]))).toBeNull();
  expect(decodeText(Buffer.from([0xc0, 0x80, 0xc0, 0x80]))).toBeNull();
});
