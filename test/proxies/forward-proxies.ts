import { isRoot, python, write } from './proxy.js';
import type { Proxy } from './proxy.js';

/** Those on the way out, by their names on the page. */
export const forwardProxies: Readonly<Record<string, Proxy>> = {
  Squid: {
    package: 'squid',
    logFolder: '/var/log/squid',
    credentials: [
      // Nobody gets as far as to be looked up.
      [
        'http_access allow localhost',
        'auth_param basic program /bin/cat\nacl known proxy_auth REQUIRED\nhttp_access allow known',
      ],
    ],
    idle: (seconds) => [['read_timeout 15 minutes', `read_timeout ${seconds} seconds`]],
    start: (config, place, { at }) => {
      const { folder } = place;
      const own = [
        `pid_filename ${folder}/pid`,
        `coredump_dir ${folder}`,
        `mime_table ${at('usr/share/squid/mime.conf')}`,
        `error_directory ${at('usr/share/squid-langpack/en')}`,
        `icon_directory ${at('usr/share/squid/icons')}`,
        `cache_log ${folder}/cache.log`,
        `unlinkd_program ${at('usr/lib/squid/unlinkd')}`,
        `logfile_daemon ${at('usr/lib/squid/log_file_daemon')}`,
        'pinger_enable off',
        'cache deny all',
        'shutdown_lifetime 3 seconds',
        ...(isRoot ? ['cache_effective_user nobody'] : []),
      ];
      const path = write(place, 'squid.conf', `${own.join('\n')}\n${config}`);
      return [at('usr/sbin/squid'), '-N', '-f', path, '-n', `s${place.port}`];
    },
    quit: 'SIGTERM',
  },

  tinyproxy: {
    package: 'tinyproxy',
    logFolder: '/var/log/tinyproxy',
    credentials: [['Port 8080', 'BasicAuth user secret\nPort 8080']],
    idle: (seconds) => [['Timeout 600', `Timeout ${seconds}`]],
    start: (config, place, { at }) => {
      const path = write(
        place,
        'tinyproxy.conf',
        `PidFile "${place.folder}/pid"\nDefaultErrorFile "${at('usr/share/tinyproxy/default.html')}"\n${config}`,
      );
      return [at('usr/bin/tinyproxy'), '-d', '-c', path];
    },
    quit: 'SIGTERM',
  },

  'mitmproxy, TLS opened': {
    package: 'mitmproxy',
    credentials: [['--quiet', '--quiet --proxyauth user:secret']],
    idle: () => [],
    start: (config, { folder, port }, unpacked) => {
      const [, ...args] = config.trim().split(/\s+/);
      const script = unpacked.at('usr/bin/mitmdump');
      const own = ['--set', `confdir=${folder}`, '--listen-port', String(port)];
      return [python(unpacked).file, script, ...args, ...own];
    },
    environment: (unpacked) => python(unpacked).env,
    quit: 'SIGINT',
  },
};
