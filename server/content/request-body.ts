import { AppError } from '#shared/base/errors.ts';

/** A request's whole body, never more than `mostBytes` in memory. Throws `too_large` as soon as more is announced or arrives. */
export async function bodyUpTo(request: Request, mostBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new AppError('too_large', `The body is larger than ${mostBytes} bytes`);
  const announced = Number(request.headers.get('content-length') ?? Number.NaN);
  if (announced > mostBytes) throw tooLarge();
  if (request.body === null) return new Uint8Array(0);
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of request.body) {
    size += piece.length;
    if (size > mostBytes) throw tooLarge();
    pieces.push(piece);
  }
  if (announced >= 0 && announced !== size) throw new AppError('invalid', `The body has ${size} bytes, ${announced} were announced`);
  const [only] = pieces;
  return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
}
