import { z } from 'zod';
import { AppError } from '#shared/base/errors.ts';
import { failure, type Reply, type Send } from './operation.ts';

/** A two-way channel of structured messages: a MessagePort, a utility process's port, a worker. */
export interface Port {
  post(message: unknown): void;
  /** Registers the one receiver. */
  receive(handler: (message: unknown) => void): void;
}

const Frame = z.discriminatedUnion('frame', [
  z.object({ frame: z.literal('call'), id: z.number(), name: z.string(), input: z.unknown() }),
  z.object({ frame: z.literal('reply'), id: z.number(), reply: z.unknown() }),
  z.object({ frame: z.literal('event'), event: z.unknown() }),
]);

/** Both directions over one port: calls of the other side go to `answer`, its events to `onEvent`. Frames that are none of ours are dropped. */
export interface Peer {
  readonly send: Send;
  emit(event: unknown): void;
  /** Fails every open call, for instance because the other side died. */
  close(why: string): void;
}

/** Joins a port: `answer` never throws (see `serve`). Open calls fail with `unavailable` when the peer is closed. */
export function joinPort(
  port: Port,
  answer: (name: string, input: unknown) => Promise<Reply>,
  onEvent: (event: unknown) => void = () => undefined,
): Peer {
  const open = new Map<number, (reply: unknown) => void>();
  let last = 0;
  let closed: string | null = null;
  const gone = (why: string) => failure(new AppError('unavailable', why));
  port.receive((raw) => {
    const parsed = Frame.safeParse(raw);
    if (!parsed.success) return;
    const frame = parsed.data;
    if (frame.frame === 'event') onEvent(frame.event);
    else if (frame.frame === 'reply') {
      open.get(frame.id)?.(frame.reply);
      open.delete(frame.id);
    } else void answer(frame.name, frame.input).then((reply) => port.post({ frame: 'reply', id: frame.id, reply }));
  });
  return {
    send: (name, input) => {
      if (closed !== null) return Promise.resolve(gone(closed));
      const id = (last += 1);
      return new Promise((resolve) => {
        open.set(id, resolve);
        port.post({ frame: 'call', id, name, input });
      });
    },
    emit: (event) => port.post({ frame: 'event', event }),
    close: (why) => {
      closed = why;
      for (const resolve of open.values()) resolve(gone(why));
      open.clear();
    },
  };
}
