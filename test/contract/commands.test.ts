// What programs of the host are run like.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostCommands } from '../../client/host/commands.ts';

describe('Commands of the host', () => {
  it('gives status, output and errors', async () => {
    const result = await hostCommands.run(['sh', '-c', 'echo out; echo err >&2; exit 3']);
    expect(result).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\n' });
  });

  it('passes arguments as they are, through no shell', async () => {
    const result = await hostCommands.run(['printf', '%s|', 'a b', '$HOME', '; exit 1']);
    expect(result.stdout).toBe('a b|$HOME|; exit 1|');
  });

  it('feeds standard input, of any length', async () => {
    const stdin = 'x'.repeat(1_000_000);
    const result = await hostCommands.run(['wc', '-c'], { stdin });
    expect(result.stdout.trim()).toBe('1000000');
  });

  it('is not disturbed by a program that does not read its input', async () => {
    const result = await hostCommands.run(['true'], { stdin: 'x'.repeat(1_000_000) });
    expect(result.code).toBe(0);
  });

  it('answers 127 and the remedy for a program that is missing', async () => {
    const result = await hostCommands.run(['meshover-no-such-program']);
    expect(result.code).toBe(127);
    expect(result.stderr).toContain('is not on this host; install it');
  });

  it('answers 124 for a program that takes too long', async () => {
    const result = await hostCommands.run(['sleep', '60'], { timeoutMs: 50 });
    expect(result.code).toBe(124);
    expect(result.stderr).toContain('was killed');
  });

  it('says which signal ended a program', async () => {
    const result = await hostCommands.run(['sh', '-c', 'kill -9 $$']);
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain('SIGKILL');
  });

  it('speaks English whatever the locale', async () => {
    expect((await hostCommands.run(['printenv', 'LC_ALL'])).stdout).toBe('C\n');
  });
});

describe('Commands that run on', () => {
  it('follows lines and tells when the program ends by itself', async () => {
    const lines: string[] = [];
    await new Promise<void>((resolve) => {
      hostCommands.follow(['printf', 'one\\ntwo\\n'], (line) => lines.push(line), resolve);
    });
    expect(lines).toEqual(['one', 'two']);
  });

  it('says nothing more once following is cancelled', async () => {
    const told: string[] = [];
    await new Promise<void>((resolve) => {
      const cancel = hostCommands.follow(
        ['sh', '-c', 'echo first; sleep 60'],
        (line) => {
          told.push(line);
          cancel();
          resolve();
        },
        () => told.push('end'),
      );
    });
    expect(told).toEqual(['first']);
  });

  it('tells the end when the program to follow is missing', async () => {
    const ended = new Promise<string>((resolve) => {
      hostCommands.follow(
        ['meshover-no-such-program'],
        () => undefined,
        () => {
          resolve('ended');
        },
      );
    });
    expect(await ended).toBe('ended');
  });

  it('starts a program that lives on, its output in a log', async () => {
    const root = await mkdtemp(join(tmpdir(), 'meshover-commands-'));
    const fifo = join(root, 'done');
    await hostCommands.run(['mkfifo', fifo]);
    await hostCommands.startDetached(
      ['sh', '-c', `echo started; echo . > ${fifo}`],
      join(root, 'log'),
    );
    await readFile(fifo);
    expect(await readFile(join(root, 'log'), 'utf8')).toBe('started\n');
    await rm(root, { recursive: true });
  });

  it('rejects with the remedy when the program to start is missing', async () => {
    const root = await mkdtemp(join(tmpdir(), 'meshover-commands-'));
    const starting = hostCommands.startDetached(['wireguard-gone'], join(root, 'log'));
    await expect(starting).rejects.toThrow('is not on this host');
    await rm(root, { recursive: true });
  });
});
