// An agent that does what a test says, in the real utility process: it answers a few operations of the page, and asks the
// shell whatever `draft.get {ask: {name, input}}` says.
const port = process.parentPort;
const open = new Map();
const heard = [];
let last = 0;
let roots = [];

const ask = (name, input) =>
  new Promise((resolve) => {
    last += 1;
    open.set(last, resolve);
    port.postMessage({ frame: 'call', id: last, name, input });
  });

const value = (content) => ({ ok: true, value: content });
const operations = {
  'workspace.info': async () =>
    value({ host: 'app', version: process.env.HIKYAKU_VERSION, serverUrl: process.env.HIKYAKU_SERVER ?? null, keychain: true }),
  'sync.roots': async () => value({ deviceName: 'PC', roots }),
  'account.list': async () => value({ accounts: [] }),
  'drive.download': async () => value({ transferId: '01890000-0000-7000-8000-000000000001' }),
  'draft.get': async (input) => {
    if (input.ask) return value({ text: JSON.stringify(await ask(input.ask.name, input.ask.input)) });
    if (input.roots) roots = input.roots;
    if (input.emit) port.postMessage({ frame: 'event', event: input.emit });
    return value({ text: JSON.stringify({ pid: process.pid, heard, environment: process.env }) });
  },
  // Never answers: for calls that are under way when the agent ends.
  'message.list': () => new Promise(() => undefined),
};

async function take(frame) {
  if (frame.frame === 'reply') open.get(frame.id)?.(frame.reply);
  if (frame.frame === 'event') {
    heard.push(frame.event);
    if (frame.event.type === 'stop') process.exit(0);
  }
  if (frame.frame !== 'call') return;
  const operation = operations[frame.name];
  const reply = operation ? await operation(frame.input) : { ok: false, error: { code: 'not_found', message: frame.name } };
  port.postMessage({ frame: 'reply', id: frame.id, reply });
}

port.on('message', ({ data }) => void take(data));
