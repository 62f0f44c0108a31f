import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { isRoot, python, write } from './proxy.js';
import type { Proxy } from './proxy.js';

/** Those in front of a server, by their names on the page. */
export const reverseProxies: Readonly<Record<string, Proxy>> = {
  nginx: {
    package: 'nginx',
    logFolder: '/var/log/nginx',
    idle: (seconds) => [
      ['proxy_read_timeout 60s', `proxy_read_timeout ${seconds}s`],
      ['proxy_send_timeout 60s', `proxy_send_timeout ${seconds}s`],
    ],
    logsByDefault: [
      ['access.log without_query', 'access.log combined'],
      ['error.log crit', 'error.log'],
    ],
    withoutUpgrade: [[/ *proxy_set_header.*\n/g, '']],
    start: (config, place, { at }) => {
      const { folder } = place;
      mkdirSync(join(folder, 'tmp'));
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
        .map((name) => `${name}_temp_path ${folder}/tmp/${name};`)
        .join('\n');
      const path = write(
        place,
        'nginx.conf',
        `daemon off;\nworker_processes 1;\npid ${folder}/pid;\nevents {}\nhttp {\n${temporary}\n${config}}\n`,
      );
      return [at('usr/sbin/nginx'), '-p', folder, '-e', join(folder, 'error.log'), '-c', path];
    },
    reload: 'SIGHUP',
    quit: 'SIGQUIT',
  },

  HAProxy: {
    package: 'haproxy',
    idle: (seconds) => [
      ['timeout client 50s', `timeout client ${seconds}s`],
      ['timeout server 50s', `timeout server ${seconds}s`],
    ],
    logsByDefault: [[/log-format .*/, 'option httplog']],
    start: (config, place, { at }) => {
      const path = write(
        place,
        'haproxy.cfg',
        config.replace('/dev/log local0', 'stdout format raw local0'),
      );
      return [at('usr/sbin/haproxy'), '-W', '-f', path];
    },
    reload: 'SIGUSR2',
    quit: 'SIGUSR1',
  },

  Apache: {
    package: 'apache2-bin',
    logFolder: '/var/log/apache2',
    idle: (seconds) => [['Timeout 300', `Timeout ${seconds}`]],
    logsByDefault: [['access.log without_query', 'access.log "%h %l %u %t \\"%r\\" %>s %O"']],
    withoutUpgrade: [[' upgrade=websocket', '']],
    start: (config, place, { at }) => {
      const modules = ['mpm_event', 'authz_core', 'proxy', 'proxy_http', 'proxy_wstunnel'];
      const path = write(
        place,
        'apache.conf',
        [
          `ServerRoot ${place.folder}`,
          `PidFile ${place.folder}/pid`,
          `DefaultRuntimeDir ${place.folder}`,
          'Mutex sem',
          'ServerName localhost',
          ...modules.map(
            (name) => `LoadModule ${name}_module ${at(`usr/lib/apache2/modules/mod_${name}.so`)}`,
          ),
          ...(isRoot ? ['User nobody', 'Group nogroup'] : []),
          'ServerLimit 4\nStartServers 1\nThreadsPerChild 10\nMaxRequestWorkers 40',
          'MinSpareThreads 5\nMaxSpareThreads 20',
          config,
        ].join('\n'),
      );
      return [at('usr/sbin/apache2'), '-DFOREGROUND', '-f', path];
    },
    reload: 'SIGUSR1',
    quit: 'SIGWINCH',
  },

  Caddy: {
    package: 'caddy',
    logFolder: '/var/log/caddy',
    // It has no limit to lower.
    idle: () => [],
    logsByDefault: [[/ *format filter \{[^]*?\n {4}\}\n/, '']],
    start: (config, place, { at }) => {
      const path = write(
        place,
        'Caddyfile',
        config.replace('{\n', `{\n  admin unix/${place.folder}/admin.sock\n  auto_https off\n`),
      );
      return [at('usr/bin/caddy'), 'run', '--adapter', 'caddyfile', '--config', path];
    },
    reload: (place, { at }) => {
      const path = join(place.folder, 'Caddyfile');
      return [
        // One that has not changed is not taken up at all.
        ['sed', '-i', 's/auto_https off/auto_https off\\n  grace_period 1h/', path],
        [
          at('usr/bin/caddy'),
          ...['reload', '--adapter', 'caddyfile', '--config', path],
          ...['--address', `unix/${place.folder}/admin.sock`],
        ],
      ];
    },
    quit: 'SIGTERM',
  },

  lighttpd: {
    package: 'lighttpd',
    logFolder: '/var/log/lighttpd',
    idle: (seconds) => [
      ['max-read-idle = 60', `max-read-idle = ${seconds}`],
      ['max-write-idle = 360', `max-write-idle = ${seconds}`],
    ],
    logsByDefault: [
      [/accesslog.format.*\n/, ''],
      [/"\|sed.*>>(.*)"/, '"$1"'],
    ],
    withoutUpgrade: [[/proxy.header.*\n/, '']],
    start: (config, place, { at }) => {
      const path = write(
        place,
        'lighttpd.conf',
        `server.document-root = "${place.folder}"\nserver.upload-dirs = ("${place.folder}")\n${config}`,
      );
      return [at('usr/sbin/lighttpd'), '-D', '-f', path, '-m', at('usr/lib/lighttpd')];
    },
    reload: 'SIGUSR1',
    quit: 'SIGINT',
  },

  Varnish: {
    package: 'varnish',
    // By a parameter of varnishd's, and not in the VCL.
    idle: (seconds) => [['vcl 4.1;', `vcl 4.1; # -p pipe_timeout=${seconds}`]],
    withoutUpgrade: [['return (pipe)', 'return (pass)']],
    start: (config, place, { at }) => {
      const path = write(place, 'default.vcl', config);
      const limit = /-p (pipe_timeout=\d+)/.exec(config)?.[1] ?? 'pipe_timeout=60';
      return [
        at('usr/sbin/varnishd'),
        ...['-F', '-j', 'none', '-n', join(place.folder, 'varnish')],
        ...['-a', `127.0.0.1:${place.port}`, '-f', path, '-s', 'malloc,32m'],
        ...[
          '-p',
          limit,
          '-p',
          'vsl_space=4m',
          '-p',
          `first_byte_timeout=${limit.split('=')[1] ?? ''}`,
        ],
        ...['-p', `vmod_path=${at('usr/lib/varnish/vmods')}`],
        ...['-p', 'thread_pools=1', '-p', 'thread_pool_min=10'],
      ];
    },
    logger: ({ folder }, { at }, isDefault) => [
      at('usr/bin/varnishncsa'),
      ...['-d', '-n', join(folder, 'varnish')],
      ...(isDefault ? [] : ['-F', '%h %m %U %s']),
    ],
    reload: ({ folder }, { at }) => {
      const adm = [at('usr/bin/varnishadm'), '-n', join(folder, 'varnish')] as const;
      return [
        [...adm, 'vcl.load', 'anew', join(folder, 'default.vcl')],
        [...adm, 'vcl.use', 'anew'],
        [...adm, 'vcl.discard', 'boot'],
      ];
    },
    quit: 'SIGTERM',
  },

  mitmproxy: {
    package: 'mitmproxy',
    idle: () => [],
    logsByDefault: [[' --quiet', '']],
    start: (config, { port }, unpacked) => {
      const [, ...args] = config.trim().split(/\s+/);
      const script = unpacked.at('usr/bin/mitmdump');
      return [python(unpacked).file, script, ...args, '--listen-port', String(port)];
    },
    // What it logs would else be lost with it, where it takes its time to stop.
    environment: (unpacked) => ({ ...python(unpacked).env, PYTHONUNBUFFERED: '1' }),
    quit: 'SIGINT',
  },
};
