// Opens an encrypted database in a utility process, as the agent does, and says what it read back.
const Database = require('better-sqlite3-multiple-ciphers');

const file = process.argv[2];
const nativeBinding = process.env.HIKYAKU_SQLITE_BINDING;
const database = new Database(file, nativeBinding === undefined ? {} : { nativeBinding });
database.pragma("cipher='sqlcipher'");
database.pragma("key='secret'");
database.exec('create table notes(text text)');
database.prepare('insert into notes values(?)').run('飛脚');
const { text } = database.prepare('select text from notes').get();
database.close();
process.parentPort.postMessage({ text, node: process.versions.node });
