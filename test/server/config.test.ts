// The controller's flags: defaults, and every bad value as one clear line.
import { expect, test } from 'vitest';
import { serverStartFrom } from '../../server/config.ts';

test('nothing gives the documented defaults, frozen', () => {
  const start = serverStartFrom([], {});
  expect(start).toMatchObject({
    kind: 'run',
    config: {
      listen: { host: '::', port: 12384 },
      http: { host: '127.0.0.1', port: 12385 },
      stateDir: '/var/lib/meshover-server',
      open: false,
      logLevel: 'info',
      logFormat: 'text',
    },
  });
  expect(Object.isFrozen(start.kind === 'run' && start.config)).toBe(true);
});

test('-listen alone, :PORT, and -http off', () => {
  expect(serverStartFrom(['-listen'], {})).toMatchObject({ config: { listen: { port: 12384 } } });
  expect(serverStartFrom(['-listen', ':1'], {})).toMatchObject({
    config: { listen: { host: '::', port: 1 } },
  });
  expect(serverStartFrom(['-http', 'off'], {})).toMatchObject({ config: { http: undefined } });
});

test.each([
  [['-listen', 'here'], '-listen "here" is no address'],
  [['-listen', '[::]:70000'], 'is no address'],
  [['-loglevel', 'loud'], 'none of debug, info, warn, error'],
  [['-logformat', 'xml'], 'none of text, json'],
  [['-statedir='], '-statedir is empty'],
  [['-wgaddress', '10.0.0.0/8'], '-wgaddress has no IPv6 pool'],
  [['-assignaddress', 'fd00::/48,nonsense'], '-assignaddress'],
  [['-wgaddress', 'fd00:beef:beef::/48,10.192.0.0/12'], 'overlap'],
  [['-operatorkey', 'x'], '-operatorkey: an operator key is 32 bytes'],
  [['-tls-cert', 'a.pem'], 'give both, or neither'],
  [['-tls-key', 'a.key'], 'give both, or neither'],
  [['-opn'], 'did you mean -open?'],
])('%j', (argv, complaint) => {
  const start = serverStartFrom(argv, {});
  expect(start.kind === 'complaints' ? start.complaints : []).toHaveLength(1);
  expect(start.kind === 'complaints' && start.complaints[0]).toContain(complaint);
});

test('operator keys are sorted, each once; a certificate comes with its key', () => {
  const [a, b] = ['A', 'B'].map((letter) => `${letter.repeat(42)}A=`);
  const argv = ['-operatorkey', `${b},${a},${b}`, '-tls-cert', 'c', '-tls-key', 'k'];
  expect(serverStartFrom(argv, {})).toMatchObject({
    config: { settings: { operatorKeys: [a, b] }, tlsFiles: { certificate: 'c', key: 'k' } },
  });
});
