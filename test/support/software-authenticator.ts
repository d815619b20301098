import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** What our server asks an authenticator for, as far as one looks at it. */
interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string };
  readonly excludeCredentials?: readonly { readonly id: string }[];
}
interface RequestOptions {
  readonly challenge: string;
  readonly rpId: string;
  readonly allowCredentials?: readonly { readonly id: string }[];
}

/** What an authenticator could get wrong. */
export interface Misbehaviour {
  readonly origin?: string;
  readonly userVerified?: boolean;
  readonly counter?: number;
  readonly challenge?: string;
  readonly userHandle?: string;
  readonly rpId?: string;
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const sha256 = (bytes: string | Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** Just as much of CBOR (RFC 8949) as an attestation needs. */
type Cbor = number | string | Uint8Array | ReadonlyMap<Cbor, Cbor>;
function cbor(value: Cbor): Buffer {
  const head = (major: number, length: number): Buffer => {
    if (length < 24) return Buffer.from([(major << 5) | length]);
    if (length < 256) return Buffer.from([(major << 5) | 24, length]);
    return Buffer.from([(major << 5) | 25, length >> 8, length & 255]);
  };
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, item]) => [cbor(key), cbor(item)])]);
}

/** An authenticator in software: one discoverable P-256 key, no attestation, a counter (WebAuthn level 3). */
export class SoftwareAuthenticator {
  readonly id = base64url(randomBytes(32));
  readonly #key: KeyObject;
  readonly #publicKey: { x: string; y: string };
  readonly #origin: string;
  #userHandle = '';
  #counter = 0;

  constructor(origin: string) {
    this.#origin = origin;
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#key = privateKey;
    this.#publicKey = publicKey.export({ format: 'jwk' }) as { x: string; y: string };
  }

  /** What `navigator.credentials.create` would give. */
  create(given: unknown, wrong: Misbehaviour = {}): unknown {
    const options = given as CreationOptions;
    if (options.excludeCredentials?.some(({ id }) => id === this.id) === true) throw new Error('InvalidStateError');
    this.#userHandle = options.user.id;
    const coordinate = (name: 'x' | 'y'): Buffer => Buffer.from(this.#publicKey[name], 'base64url');
    const cose = new Map<Cbor, Cbor>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, coordinate('x')],
      [-3, coordinate('y')],
    ]);
    const id = Buffer.from(this.id, 'base64url');
    const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([id.length >> 8, id.length & 255]), id, cbor(cose)]);
    const data = Buffer.concat([this.#head(options.rp.id, wrong, 0x40), attested]);
    const attestation = cbor(
      new Map<Cbor, Cbor>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', data],
      ]),
    );
    const clientData = this.#clientData('webauthn.create', options.challenge, wrong);
    return {
      ...this.#envelope(),
      response: { clientDataJSON: base64url(clientData), attestationObject: base64url(attestation), transports: ['internal'] },
    };
  }

  /** What `navigator.credentials.get` would give. */
  get(given: unknown, wrong: Misbehaviour = {}): unknown {
    const options = given as RequestOptions;
    this.#counter += 1;
    const data = this.#head(options.rpId, wrong, 0);
    const clientData = this.#clientData('webauthn.get', options.challenge, wrong);
    return {
      ...this.#envelope(),
      response: {
        clientDataJSON: base64url(clientData),
        authenticatorData: base64url(data),
        signature: base64url(sign('sha256', Buffer.concat([data, sha256(clientData)]), this.#key)),
        userHandle: wrong.userHandle ?? this.#userHandle,
      },
    };
  }

  #head(rpId: string, wrong: Misbehaviour, flags: number): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(wrong.counter ?? this.#counter);
    const verified = wrong.userVerified === false ? 0 : 0x04;
    return Buffer.concat([sha256(wrong.rpId ?? rpId), Buffer.from([0x01 | verified | flags]), counter]);
  }

  #clientData(type: string, challenge: string, wrong: Misbehaviour): Buffer {
    return Buffer.from(
      JSON.stringify({ type, challenge: wrong.challenge ?? challenge, origin: wrong.origin ?? this.#origin, crossOrigin: false }),
    );
  }

  #envelope() {
    return { id: this.id, rawId: this.id, type: 'public-key', clientExtensionResults: {}, authenticatorAttachment: 'platform' };
  }
}
