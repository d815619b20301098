import { z } from 'zod';
import { Count } from '#shared/model/ids.ts';
import { JobFailure } from './job.ts';

/** One line on the child's stdin. */
export interface ChildRequest {
  readonly module: string;
  readonly input: string;
  readonly options: unknown;
}

/** The descriptor on which a child answers; what libraries print goes elsewhere. */
export const replyDescriptor = 3;

/** What comes first; the bytes of the files follow. A child that was taken over may send anything, so it is checked. */
const ReplyHead = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), value: z.unknown(), sizes: z.array(Count).max(1_000) }),
  z.object({ kind: z.literal('failed'), reason: z.enum(['damaged', 'encrypted', 'too_large', 'too_slow']), sizes: z.tuple([]) }),
]);
export type ReplyHead = z.infer<typeof ReplyHead>;

const lengthBytes = 4;
/** Of a head: text that was taken out of a file is in it. */
const longestHead = 16 * 1_048_576;

/** A reply's head with its length before it. */
export function replyFrame(
  head: { kind: 'done'; value: unknown; sizes: number[] } | { kind: 'failed'; reason: string; sizes: [] },
): Buffer {
  const text = Buffer.from(JSON.stringify(head));
  const frame = Buffer.allocUnsafe(lengthBytes + text.length);
  frame.writeUInt32BE(text.length);
  frame.set(text, lengthBytes);
  return frame;
}

export interface Reply {
  readonly head: ReplyHead;
  readonly files: readonly Uint8Array[];
}

/** Puts one reply together as its bytes come, with one copy of them. Throws for what is no reply, or once it is longer than `mostBytes`. */
export function replyReader(mostBytes: number): (piece: Buffer) => Reply | null {
  const pieces: Buffer[] = [];
  let total = 0;
  let needed = lengthBytes;
  let head: ReplyHead | null = null;
  let start = 0;
  const whole = (): Buffer => {
    if (pieces.length > 1) pieces.splice(0, pieces.length, Buffer.concat(pieces));
    return pieces[0]!;
  };
  return (piece) => {
    pieces.push(piece);
    total += piece.length;
    if (total > mostBytes + longestHead) throw new JobFailure('too_large', 'The reply is too long');
    if (start === 0 && total >= lengthBytes) {
      start = lengthBytes + whole().readUInt32BE();
      if (start > longestHead) throw new JobFailure('too_large', 'The head of the reply is too long');
      needed = start;
    }
    if (head === null && start > 0 && total >= start) {
      head = ReplyHead.parse(JSON.parse(whole().toString('utf8', lengthBytes, start)));
      needed = start + head.sizes.reduce((sum, size) => sum + size, 0);
    }
    if (head === null || total < needed) return null;
    const bytes = whole();
    let at = start;
    const files = head.sizes.map((size) => {
      at += size;
      return bytes.subarray(at - size, at);
    });
    return { head, files };
  };
}
