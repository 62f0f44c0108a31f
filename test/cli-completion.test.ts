import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

import { makeFolder } from './fixtures/folder.js';
import { run } from './fixtures/livecall.js';

/* What completes the command line, in bash, and its manual; test/other-tools has zsh and fish. */

const exec = promisify(execFile);
const has = (program: string) => spawnSync(program, ['--version']).status === 0;

it.skipIf(!has('bash'))('completes in bash', async () => {
  using folder = makeFolder();
  const script = folder.write('livecall.bash', (await run(['completion', 'bash'])).stdout);
  const complete = async (line: string) => {
    const words = line.split(' ');
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const command = `source ${script}; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _livecall; echo "\${COMPREPLY[*]}"`;
    return (await exec('bash', ['--norc', '-uc', command])).stdout.trim();
  };

  expect(await complete('livecall se')).toBe('search');
  expect(await complete('livecall list --so')).toBe('--sort');
  expect(await complete('livecall list --sort le')).toBe('length');
  expect(await complete('livecall export call.ndjson --to ')).toBe(
    'text csv vtt srt har asciicast',
  );
  expect(await complete('livecall help stat')).toBe('stats');
  expect(await complete('livecall completion ')).toBe('bash zsh fish');
  // bash itself has files then.
  expect(await complete('livecall show call')).toBe('');
  expect(await complete('livecall record --out -')).toBe('');
  const { stdout } = await exec('bash', ['--norc', '-c', `source ${script}; complete -p livecall`]);
  expect(stdout).toBe('complete -o default -F _livecall livecall\n');
});

it('knows three shells', async () => {
  expect(await run(['completion', 'tcsh'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('Allowed choices are bash, zsh, fish.') as string,
  });
});

it('has the whole help in its manual', async () => {
  const { exitCode, stdout, stderr } = await run(['man']);
  const { stdout: help } = await run(['help', 'search']);

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const plain = stdout.replaceAll('\\-', '-').replaceAll(/\\f[BIR]/g, '');
  for (const [option = ''] of help.matchAll(/--\w+/g)) expect(plain).toContain(option);
  expect(plain).toContain('.SS search <words> [file|folder...]');
  expect(plain).toContain('Case, accents and punctuation make no difference');
  expect(plain).toContain('$ livecall search "needs a signature" --role other');
  expect(plain).toContain('.TP\n77\nthe server does not accept the token');
});

it.skipIf(!has('man'))('has a manual that man shows', async () => {
  using folder = makeFolder();
  const page = folder.write('livecall.1', (await run(['man'])).stdout);
  const { stdout, stderr } = await exec('man', ['--warnings', '-E', 'UTF-8', '-l', page], {
    env: { ...process.env, MANWIDTH: '80', MAN_KEEP_FORMATTING: '', LC_ALL: 'C.UTF-8' },
  });

  expect(stderr).toBe('');
  const flowing = stdout.replace(/\s+/g, ' ');
  expect(flowing).toContain(
    'livecall - record live calls to a file, and replay them as a fake server',
  );
  expect(stdout).toMatch(/^ +\$ livecall list recordings --sort length --reverse$/m);
});
