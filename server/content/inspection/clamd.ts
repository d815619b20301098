import net from 'node:net';
import { AppError } from '#shared/base/errors.ts';

/** Where the virus scanner listens: `host:port`, or the path of its socket. */
export type ScannerPlace = { readonly host: string; readonly port: number } | { readonly path: string };

/** What a scanner says about bytes. `unknown` where it cannot say: it does not answer, or takes nothing so large. */
export type ScanResult =
  | { readonly kind: 'clean' }
  | { readonly kind: 'found'; readonly name: string }
  | { readonly kind: 'unknown'; readonly problem: string };

export interface Scanner {
  scan(bytes: AsyncIterable<Uint8Array>): Promise<ScanResult>;
}

/** How long the scanner may be silent, in milliseconds. */
const silenceMs = 60_000;
/** The largest piece sent at once, in bytes. */
const mostPiece = 1_048_576;

/** Reads `--clamd`. Throws `invalid` with what it must look like. */
export function scannerPlace(text: string): ScannerPlace {
  if (text.startsWith('/')) return { path: text };
  const match = /^(\[[0-9a-fA-F:]+\]|[^:/\s]+):(\d{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port < 1 || port > 65_535)
    throw new AppError('invalid', `${text} is no scanner: host:port, or the path of a socket`);
  return { host: match[1]!.replace(/^\[|\]$/g, ''), port };
}

/** A clamd, asked by INSTREAM (its manual, section "commands"): pieces with their length before them, a length of zero ends. */
export function clamdScanner(place: ScannerPlace): Scanner {
  return {
    scan: (bytes) =>
      new Promise((resolve) => {
        const socket = net.connect(place);
        let answer = '';
        const settle = (result: ScanResult): void => {
          resolve(result);
          socket.destroy();
        };
        socket.setTimeout(silenceMs, () => settle({ kind: 'unknown', problem: 'the scanner is silent' }));
        socket.on('error', (error) => settle({ kind: 'unknown', problem: error.message }));
        socket.on('data', (piece) => {
          answer += piece.toString('latin1');
          if (answer.includes('\0')) settle(meaningOf(answer.slice(0, answer.indexOf('\0'))));
        });
        socket.on('close', () => settle({ kind: 'unknown', problem: 'the scanner hung up' }));
        socket.on('connect', () => {
          send(socket, bytes).catch((error: unknown) => settle({ kind: 'unknown', problem: String(error) }));
        });
      }),
  };
}

async function send(socket: net.Socket, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  await write(socket, Buffer.from('zINSTREAM\0', 'latin1'));
  for await (const whole of bytes) {
    for (let at = 0; at < whole.length; at += mostPiece) {
      const piece = whole.subarray(at, at + mostPiece);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(piece.length);
      await write(socket, length);
      await write(socket, piece);
    }
  }
  await write(socket, Buffer.alloc(4));
}

/** Waits for room, so that a large file is never in memory as a whole. Ends when the scanner hung up: its answer says why. */
async function write(socket: net.Socket, bytes: Uint8Array): Promise<void> {
  if (socket.destroyed || socket.write(bytes)) return;
  await new Promise<void>((resolve) => socket.once('drain', resolve).once('close', () => resolve()));
}

/** `stream: OK`, `stream: NAME FOUND`, or an error in words. */
function meaningOf(answer: string): ScanResult {
  const found = /^stream: (.+) FOUND$/.exec(answer);
  if (found !== null) return { kind: 'found', name: found[1]! };
  return answer === 'stream: OK' ? { kind: 'clean' } : { kind: 'unknown', problem: answer };
}
