import type { AccountContext, NewMessage } from '#shared/client/context.ts';
import { Listings } from '#shared/client/listings.ts';
import { MemoryStore } from '#shared/client/memory-store.ts';
import type { Transport } from '#shared/client/transport.ts';
import { AppError } from '#shared/base/errors.ts';
import { connect, serve, type Handlers } from '#shared/contract/operation.ts';
import { drive } from '#shared/contract/drive.ts';
import { tenant, type TenantContract } from '#shared/contract/tenant.ts';
import type { WorkspaceEvent } from '#shared/contract/workspace.ts';
import { defaultPolicy } from '#shared/model/policy.ts';
import type { Message, Room } from '#shared/model/talk.ts';
import { nodeClock, nodeRandom } from '../../../electron/agent/host/node-clock.ts';

export const me = 'me';

/** An account over a store in memory and a server that only knows the operations given; a test may take its network away. */
export function fakeAccount(handlers: Partial<Handlers<TenantContract, void>>) {
  const state = { online: true, calls: [] as string[] };
  const events: WorkspaceEvent[] = [];
  const notified: NewMessage[] = [];
  const answer = serve(tenant, handlers as Handlers<TenantContract, void>, () => {});
  const call: Transport['call'] = async (name, input) => {
    state.calls.push(name);
    if (!state.online) throw new AppError('unavailable', 'no network');
    return answer(name, JSON.parse(JSON.stringify(input ?? {})), undefined);
  };
  const transport: Transport = {
    url: 'https://example.test',
    call,
    events: () => () => {},
    sendPack: async () => {},
    readChunks: async function* () {},
    readBytes: async function* () {},
  };
  const store = new MemoryStore();
  const account: AccountContext = {
    accountId: 'account',
    memberId: me,
    store,
    listings: new Listings(store, 'run'),
    transport,
    server: connect({ ...tenant, ...drive }, call),
    policy: () => defaultPolicy,
    isOnline: () => state.online,
    host: {
      clock: nodeClock,
      random: nodeRandom,
      files: {
        open: async () => null,
        look: async () => null,
        children: async () => [],
        upload: async () => Promise.reject(new AppError('not_found', 'no file')),
        place: async () => null,
        download: async () => {},
      },
      emit: (event) => void events.push(event),
      notify: (message) => void notified.push(message),
      withdraw: () => {},
      report: (bug) => {
        throw bug;
      },
    },
  };
  return { account, state, events, notified };
}

export const message = (roomId: string, sequence: number, more: Partial<Message> = {}): Message => ({
  id: `00000000-0000-7000-8000-${String(sequence).padStart(12, '0')}`,
  roomId,
  sequence,
  senderId: 'other',
  text: `${sequence}通目`,
  files: [],
  mentions: [],
  sentAt: sequence,
  change: sequence,
  ...more,
});

export const room = (id: string, lastSequence: number, lastReadSequence = lastSequence, more: Partial<Room> = {}): Room => ({
  id,
  kind: 'group',
  name: '営業部',
  memberCount: 3,
  memberIds: [me, 'other', 'third'],
  lastSequence,
  lastMessage: null,
  me: { lastReadSequence, mentions: 0, pinned: false, left: false },
  change: lastSequence,
  ...more,
});
