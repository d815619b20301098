import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import path from 'node:path';

/** A WebDAV server of somebody else's, over a folder of its own. None of them waits for the disk before it answers a PUT. */
export interface Peer {
  readonly name: string;
  readonly url: string;
  stop(): Promise<void>;
}

const isThere = (command: string, argument: string): boolean => spawnSync(command, [argument], { stdio: 'ignore' }).error === undefined;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

const asRoot = process.getuid?.() === 0;

function apacheConfig(work: string, port: number): string {
  return `ServerRoot /etc/apache2
ServerName localhost
Listen 127.0.0.1:${port}
PidFile ${work}/apache.pid
ErrorLog ${work}/apache.log
${asRoot ? 'User www-data\nGroup www-data' : ''}
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule dav_module /usr/lib/apache2/modules/mod_dav.so
LoadModule dav_fs_module /usr/lib/apache2/modules/mod_dav_fs.so
LoadModule mime_module /usr/lib/apache2/modules/mod_mime.so
TypesConfig /etc/mime.types
DocumentRoot ${work}/apache
DavLockDB ${work}/apache-lock/DavLock
<Directory ${work}/apache>
 Dav On
 Require all granted
</Directory>
`;
}

function nginxConfig(work: string, port: number): string {
  return `load_module /usr/lib/nginx/modules/ngx_http_dav_ext_module.so;
daemon off; worker_processes 1; ${asRoot ? 'user www-data;' : ''} pid ${work}/nginx.pid; error_log ${work}/nginx.log;
events { worker_connections 4096; }
http { access_log off; dav_ext_lock_zone zone=locks:10m; keepalive_requests 1000000;
client_body_temp_path ${work}/nginx-body; proxy_temp_path ${work}/nginx-body; fastcgi_temp_path ${work}/nginx-body;
uwsgi_temp_path ${work}/nginx-body; scgi_temp_path ${work}/nginx-body;
server { listen 127.0.0.1:${port}; root ${work}/nginx; client_max_body_size 0;
location / { dav_methods PUT DELETE MKCOL COPY MOVE; dav_ext_methods PROPFIND OPTIONS LOCK UNLOCK; dav_ext_lock zone=locks; create_full_put_path off; autoindex on; } } }
`;
}

/** Starts every peer that is installed here, below `work`. */
export async function startPeers(work: string): Promise<Peer[]> {
  chmodSync(work, 0o755);
  const folder = (name: string): string => {
    const made = path.join(work, name);
    mkdirSync(made, { recursive: true });
    chmodSync(made, 0o777);
    return made;
  };
  const peers: Peer[] = [];
  const start = async (name: string, port: number, command: string, args: readonly string[]): Promise<void> => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    await answers(port, child);
    const gone = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
    peers.push({
      name,
      url: `http://127.0.0.1:${port}/`,
      stop: () => {
        child.kill('SIGTERM');
        return gone;
      },
    });
  };
  if (existsSync('/usr/lib/apache2/modules/mod_dav.so')) {
    const port = await freePort();
    folder('apache');
    folder('apache-lock');
    writeFileSync(path.join(work, 'apache.conf'), apacheConfig(work, port));
    await start('Apache mod_dav', port, '/usr/sbin/apache2', ['-f', path.join(work, 'apache.conf'), '-DFOREGROUND']);
  }
  if (isThere('rclone', 'version')) {
    const port = await freePort();
    await start('rclone serve webdav', port, 'rclone', [
      'serve',
      'webdav',
      folder('rclone'),
      '--addr',
      `127.0.0.1:${port}`,
      '--log-level',
      'ERROR',
    ]);
  }
  if (existsSync('/usr/lib/nginx/modules/ngx_http_dav_ext_module.so')) {
    const port = await freePort();
    folder('nginx');
    folder('nginx-body');
    writeFileSync(path.join(work, 'nginx.conf'), nginxConfig(work, port));
    await start('nginx dav-ext', port, '/usr/sbin/nginx', ['-c', path.join(work, 'nginx.conf'), '-e', path.join(work, 'nginx.log')]);
  }
  return peers;
}

async function answers(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200 && child.exitCode === null; attempt += 1) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => void socket.destroy(resolve(true) as never)).on('error', () => resolve(false));
    });
    if (isOpen) return;
    await new Promise((resolve) => void setTimeout(resolve, 50));
  }
  throw new Error('The peer does not listen');
}
