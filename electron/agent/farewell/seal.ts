import { createCipheriv, createHash, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync, type KeyObject } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { sealedFrameBytes, sealedFrameHeadBytes, sealedInfo, sealedMagic, sealedNonce, type SealedMetadata } from '#shared/model/sealed.ts';

/** Plain bytes in the order of the file. */
export type Plain = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * Seals a file to a tenant's recovery key (docs/protocol.md, "Sealed files") and flushes it. Memory: some frames, whatever its size.
 * @param target must not be there yet; what a failure leaves of it cannot be opened
 * @param recoveryKey X25519, base64url, as `Identity.recoveryKey` gave it
 */
export async function sealTo(target: string, recoveryKey: string, metadata: SealedMetadata, plain: Plain): Promise<void> {
  const { header, key } = begin(recoveryKey);
  const output = await open(target, 'wx', 0o600);
  try {
    await output.writeFile(header);
    const frames = new FrameWriter(output, header, key);
    await frames.write(Buffer.from(JSON.stringify(metadata)), false);
    let held = Buffer.alloc(0);
    for await (const piece of plain) {
      held = held.length === 0 ? Buffer.from(piece) : Buffer.concat([held, piece]);
      // The last frame is known as such only when there is no more: one is always held back.
      while (held.length > sealedFrameBytes) {
        await frames.write(held.subarray(0, sealedFrameBytes), false);
        held = held.subarray(sealedFrameBytes);
      }
    }
    await frames.write(held, true);
    await output.sync();
  } finally {
    await output.close();
  }
}

/** A key for one file only, out of an ephemeral key pair and the recipient's public key. */
function begin(recoveryKey: string): { header: Buffer; key: Buffer } {
  const recipient = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: recoveryKey }, format: 'jwk' });
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  const ephemeral = rawOf(publicKey);
  const recipientBytes = Buffer.from(recoveryKey, 'base64url');
  const keyId = createHash('sha256').update(recipientBytes).digest().subarray(0, 8);
  const shared = diffieHellman({ privateKey, publicKey: recipient });
  const key = Buffer.from(hkdfSync('sha256', shared, Buffer.concat([ephemeral, recipientBytes]), sealedInfo, 32));
  return { header: Buffer.concat([Buffer.from(sealedMagic), ephemeral, keyId]), key };
}

const rawOf = (key: KeyObject): Buffer => Buffer.from(key.export({ format: 'jwk' }).x!, 'base64url');

/** Writes frames: each is bound to the header, to its place, and to whether it is the last. */
class FrameWriter {
  readonly #output: FileHandle;
  readonly #header: Buffer;
  readonly #key: Buffer;
  #index = 0;

  constructor(output: FileHandle, header: Buffer, key: Buffer) {
    this.#output = output;
    this.#header = header;
    this.#key = key;
  }

  async write(plain: Uint8Array, isLast: boolean): Promise<void> {
    const cipher = createCipheriv('aes-256-gcm', this.#key, sealedNonce(this.#index, isLast)).setAAD(this.#header);
    const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    const head = Buffer.alloc(sealedFrameHeadBytes);
    head[0] = isLast ? 1 : 0;
    head.writeUInt32BE(sealed.length, 1);
    await this.#output.writeFile(Buffer.concat([head, sealed]));
    this.#index += 1;
  }
}
