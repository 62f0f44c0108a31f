import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

import { unpackDebian } from '../fixtures/debian.js';
import { makeFolder } from '../fixtures/folder.js';
import { run } from '../fixtures/livecall.js';

/* Completion in the shells themselves, and the manual as mandoc reads it. */

const exec = promisify(execFile);

const fish = await unpackDebian('fish');

it.skipIf(typeof fish === 'string')('completes in fish', async () => {
  if (typeof fish === 'string') return;
  using folder = makeFolder();
  const script = folder.write('livecall.fish', (await run(['completion', 'fish'])).stdout);
  const env = {
    ...process.env,
    ...fish.env,
    HOME: folder.path,
    XDG_DATA_DIRS: fish.at('usr/share'),
  };
  const complete = async (line: string) => {
    const command = `set -p fish_function_path ${fish.at('usr/share/fish/functions')}; source ${script}; complete -C '${line}'`;
    const { stdout } = await exec(fish.at('usr/bin/fish'), ['--no-config', '-c', command], {
      env,
      cwd: folder.path,
    });
    return stdout
      .trim()
      .split('\n')
      .map((row) => row.split('\t')[0]);
  };

  expect(await complete('livecall se')).toEqual(['search']);
  expect(await complete('livecall list --so')).toEqual(['--sort']);
  expect(await complete('livecall list --sort le')).toEqual(['length']);
  expect(await complete('livecall completion ')).toEqual(['bash', 'fish', 'zsh']);
  expect(await complete('livecall show live')).toEqual(['livecall.fish']);
});

const zsh = await unpackDebian('zsh');

it.skipIf(typeof zsh === 'string')('completes in zsh', async () => {
  if (typeof zsh === 'string') return;
  using folder = makeFolder();
  folder.write('livecall.zsh', (await run(['completion', 'zsh'])).stdout);
  const { stdout: modules } = await exec('find', [zsh.at('usr/lib'), '-name', 'zpty.so']);
  folder.write(
    '.zshenv',
    `module_path=(${dirname(dirname(modules.trim()))})
fpath=(${zsh.at('usr/share/zsh/functions')}/**/*(/))
`,
  );
  folder.write(
    '.zshrc',
    `PS1='> '; autoload -Uz compinit && compinit -u -D; source ./livecall.zsh
`,
  );
  // What is typed into a shell in a terminal of its own, and what stands there after a tab.
  const driver = folder.write(
    'driver.zsh',
    `zmodload zsh/zpty
zpty shell "${zsh.at('bin/zsh')} -d -i"
typed() {
  local out all=
  zpty -w -n shell $1$'\\t'
  until [[ $all == *$2* ]]; do sleep 0.05; zpty -r -t shell out && all+=$out; done
  print -r -- "completed $2"
}
typed 'livecall sea' search
typed $'\\x15livecall list --so' --sort
typed 'le' length
typed $'\\x15livecall completion z' zsh
zpty -d shell
`,
  );
  const { stdout } = await exec(zsh.at('bin/zsh'), ['-d', driver], {
    cwd: folder.path,
    env: { ...process.env, ...zsh.env, ZDOTDIR: folder.path, TERM: 'dumb' },
    timeout: 60_000,
  });

  expect(stdout.trim().split('\n')).toEqual([
    ...['completed search', 'completed --sort', 'completed length', 'completed zsh'],
  ]);
});

const mandoc = await unpackDebian('mandoc');

it.skipIf(typeof mandoc === 'string')('has a manual that mandoc has nothing against', async () => {
  if (typeof mandoc === 'string') return;
  using folder = makeFolder();
  const page = folder.write('livecall.1', (await run(['man'])).stdout);
  const said = await exec(mandoc.at('usr/bin/mandoc'), ['-T', 'lint', '-W', 'warning', page], {
    env: { ...process.env, ...mandoc.env },
  }).catch((error: unknown) => error as { stdout: string });

  // It is of a version, and of no date.
  expect(
    said.stdout
      .trim()
      .split('\n')
      .filter((line) => !line.includes('missing date')),
  ).toEqual([]);
});
