import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { unpackDebian } from '../fixtures/debian.js';
import type { Unpacked } from '../fixtures/debian.js';
import { isThere, toGo, toPython } from '../fixtures/foreign-program.js';
import type { ForeignProgram } from '../fixtures/foreign-program.js';
import { installNpm } from '../fixtures/npm.js';

/** What runs a client: its arguments are the URL and the access token. */
export type Client = ForeignProgram;

const at = (name: string) => fileURLToPath(new URL(`clients/${name}`, import.meta.url));

const python = (module: string, script: string) => () => toPython(module, at(script));

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

const go = (script: string) => () => toGo(script.replace('.go', ''), at(script));

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
