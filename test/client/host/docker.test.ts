import { createServer, type Server } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dockerAt } from '../../../client/host/docker.ts';

let directory: string;
let server: Server | undefined;
const socket = (): string => join(directory, 'docker.sock');

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'meshover-docker-'));
});

afterEach(() => {
  server?.close();
  server = undefined;
  rmSync(directory, { recursive: true, force: true });
});

/** An engine that answers everything alike. */
const engine = (status: number, message: string): Promise<void> =>
  new Promise((resolve) => {
    server = createServer((_, response) => {
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ message }));
    });
    server.listen(socket(), resolve);
  });

test('no Docker is told with the remedy', async () => {
  await expect(dockerAt(socket()).containers.find('x')).rejects.toMatchObject({
    code: 'no-engine',
    remedy: expect.stringContaining('apt-get install docker.io') as string,
  });
});

test('what is not there is undefined', async () => {
  await engine(404, 'No such thing');
  expect(await dockerAt(socket()).containers.find('x')).toBeUndefined();
  expect(await dockerAt(socket()).images.find('x')).toBeUndefined();
  await dockerAt(socket()).containers.remove('x');
});

test('a refusal keeps its words', async () => {
  await engine(500, 'disk full');
  await expect(dockerAt(socket()).containers.find('x')).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('disk full') as string,
  });
});

test('an image that cannot be pulled is told with three remedies', async () => {
  await engine(500, 'network is unreachable');
  await expect(dockerAt(socket()).images.pull('quay.io/a/b:1')).rejects.toMatchObject({
    code: 'no-image',
    message: expect.stringContaining('quay.io/a/b:1') as string,
    remedy: expect.stringMatching(/docker load.*-frrimage.*packaging\/frr-image\.sh/) as string,
  });
});
