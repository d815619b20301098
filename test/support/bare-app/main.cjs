// A bare window showing one line: what any Electron app costs at least, and a place to try what the runtime can do.
const path = require('node:path');
const { app, BrowserWindow, Notification, utilityProcess } = require('electron');

const profile = process.argv[process.argv.indexOf('--profile') + 1];
app.setPath('userData', profile);
app.on('window-all-closed', () => app.quit());

/** Runs the database program in a utility process and gives what it says. */
globalThis.inUtilityProcess = (file) =>
  new Promise((resolve, reject) => {
    const child = utilityProcess.fork(path.join(__dirname, 'database.cjs'), [file]);
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`The utility process ended with ${code}.`)));
  });
globalThis.keychain = () => require('keytar');
globalThis.notify = (title, body) =>
  new Promise((resolve) => {
    const notification = new Notification({ title, body });
    globalThis.shown = notification; // or it is collected before it is clicked
    notification.once('show', () => resolve('shown'));
    notification.once('failed', (_event, reason) => resolve(reason));
    notification.once('click', () => (globalThis.clicked = title));
    notification.show();
  });

void app.whenReady().then(async () => {
  const window = new BrowserWindow({ width: 800, height: 600, webPreferences: { sandbox: true, contextIsolation: true } });
  await window.loadURL('data:text/html;charset=utf-8,<title>bare</title><p>一行</p>');
});
