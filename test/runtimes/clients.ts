import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { unpackDebian } from '../fixtures/debian.js';
import type { Unpacked } from '../fixtures/debian.js';
import { installNpm } from '../fixtures/npm.js';

/** What runs a client: its arguments are the URL and the access token. */
export interface Client {
  readonly command: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
}

const at = (name: string) => fileURLToPath(new URL(`clients/${name}`, import.meta.url));
const isThere = (file: string, ...args: readonly string[]) => spawnSync(file, args).status === 0;

/** Debian's own, which its modules are made for. */
const python = (module: string, script: string) => async (): Promise<Client | string> => {
  const file = '/usr/bin/python3';
  if (!isThere(file, '--version')) return 'there is no /usr/bin/python3 here';
  const found = await unpackDebian(module);
  if (typeof found === 'string') return found;
  const env = { ...found.env, PYTHONPATH: found.at('usr/lib/python3/dist-packages') };
  return { command: [file, at(script)], env };
};

const perl = (module: string, script: string) => async (): Promise<Client | string> => {
  const file = '/usr/bin/perl';
  if (!isThere(file, '--version')) return 'there is no /usr/bin/perl here';
  const found = await unpackDebian(module);
  if (typeof found === 'string') return found;
  // What is compiled stands in a folder named for the version and the architecture.
  const compiled = existsSync(found.at('usr/lib'))
    ? readdirSync(found.at('usr/lib'))
        .filter((name) => name.endsWith('-linux-gnu'))
        .flatMap((name) =>
          existsSync(found.at(`usr/lib/${name}/perl5`))
            ? readdirSync(found.at(`usr/lib/${name}/perl5`)).map((version) =>
                found.at(`usr/lib/${name}/perl5/${version}`),
              )
            : [],
        )
    : [];
  const env = { ...found.env, PERL5LIB: [found.at('usr/share/perl5'), ...compiled].join(':') };
  return { command: [file, at(script)], env };
};

/** Compiled once, by Debian's Go. */
const go = (script: string) => async (): Promise<Client | string> => {
  const found = await unpackDebian(
    ...(['golang-go', 'golang-github-gorilla-websocket-dev'] as const),
    ...['golang-nhooyr-websocket-dev', 'golang-golang-x-net-dev'],
  );
  if (typeof found === 'string') return found;
  const binary = found.at(script.replace('.go', ''));
  if (!existsSync(binary)) {
    const [root = ''] = readdirSync(found.at('usr/lib')).filter((name) => name.startsWith('go-'));
    const env = {
      PATH: process.env['PATH'],
      GOROOT: found.at(`usr/lib/${root}`),
      GOPATH: found.at('usr/share/gocode'),
      GOCACHE: found.at('cache'),
      GO111MODULE: 'off',
      CGO_ENABLED: '0',
    };
    const args = ['build', '-o', binary, at(script)];
    try {
      await promisify(execFile)(found.at(`usr/lib/${root}/bin/go`), args, { env });
    } catch (error) {
      return `it cannot be compiled: ${String((error as { stderr?: string }).stderr)}`;
    }
  }
  return { command: [binary] };
};

const ruby = (module: string, script: string) => async (): Promise<Client | string> => {
  const found = await unpackDebian(module, 'ruby', 'ruby3.1');
  if (typeof found === 'string') return found;
  return { command: [found.at('usr/bin/ruby3.1'), at(script)], env: toRubyEnv(found) };
};

function toRubyEnv(found: Unpacked): Readonly<Record<string, string>> {
  const architecture =
    readdirSync(found.at('usr/lib')).find((name) => name.endsWith('-linux-gnu')) ?? '';
  const folders = [
    ...['usr/lib/ruby/3.1.0', 'usr/lib/ruby/vendor_ruby'],
    ...[`usr/lib/${architecture}/ruby/3.1.0`, `usr/lib/${architecture}/ruby/vendor_ruby/3.1.0`],
  ];
  const integrated = found.at('usr/share/rubygems-integration/all/gems');
  const gems = readdirSync(integrated).map((name) => `${integrated}/${name}/lib`);
  return {
    ...found.env,
    RUBYLIB: [...folders.map(found.at), ...gems].join(':'),
    RUBYOPT: '--disable-gems',
  };
}

/** A source file in one piece, from Java 11 on. */
const java = (script: string) => (): Promise<Client | string> =>
  Promise.resolve(
    isThere('java', '--version') && isThere('javac', '--version')
      ? { command: ['java', '-Xshare:auto', at(script)] }
      : 'there is no Java with a compiler here',
  );

const npm =
  (name: string, toCommand: (path: (path: string) => string) => readonly [string, ...string[]]) =>
  async (): Promise<Client | string> => {
    const path = await installNpm(name);
    if (typeof path === 'string') return path;
    return { command: toCommand(path), env: { NODE_PATH: path('') } };
  };

/** By their names on the page. */
export const clients: Readonly<Record<string, () => Promise<Client | string>>> = {
  'Python websockets 10.4': python('python3-websockets', 'python-websockets.py'),
  'Python aiohttp 3.8': python('python3-aiohttp', 'python-aiohttp.py'),
  'Python websocket-client 1.2': python('python3-websocket', 'python-websocket-client.py'),
  'Python tornado 6.2': python('python3-tornado', 'python-tornado.py'),
  'Go gorilla 1.5': go('go-gorilla.go'),
  'Go nhooyr 1.8': go('go-nhooyr.go'),
  'Go x/net/websocket': go('go-x-net.go'),
  'Ruby faye-websocket 0.11': ruby('ruby-faye-websocket', 'ruby-faye.rb'),
  'Perl Mojo 9.31': perl('libmojolicious-perl', 'perl-mojo.pl'),
  'Perl AnyEvent 0.54': perl('libanyevent-websocket-client-perl', 'perl-anyevent.pl'),
  'Java 17 HttpClient': java('JavaHttpClient.java'),
  'npm websocket 1.0': npm('websocket@1', () => [process.execPath, at('javascript-websocket.js')]),
  'Node 24 WebSocket': npm('node@24', (path) => [
    path('node/bin/node'),
    at('javascript-global.js'),
  ]),
  'Bun 1.4 WebSocket': npm('bun@1.4', (path) => [path('.bin/bun'), at('javascript-global.js')]),
  'Deno 2.9 WebSocket': npm('deno@2.9', (path) => [
    path('.bin/deno'),
    ...['run', '--allow-net', '--no-config', at('javascript-global.js')],
  ]),
};
