// Flags and environment: the whole configuration, or one clear line for each mistake.
import { describe, expect, it } from 'vitest';
import { configFrom, type Start } from '../../../client/config-from.ts';
import type { AgentConfig } from '../../../client/config.ts';

const start = (argv: readonly string[], environment: Record<string, string> = {}): Start =>
  configFrom({
    argv,
    environment,
    systemHostname: 'Web1.Example',
    templates: '/opt/meshover/conf',
  });

const config = (argv: readonly string[], environment?: Record<string, string>): AgentConfig => {
  const result = start(argv, environment);
  if (result.kind !== 'config') throw new Error(JSON.stringify(result));
  return result.config;
};

const complaints = (...argv: readonly string[]): readonly string[] => {
  const result = start(argv);
  return result.kind === 'complaints' ? result.complaints : [];
};

const joined = ['-controlserver', 'controller'];

describe('configuration', () => {
  it('is complete with a controller alone', () => {
    expect(config(joined)).toEqual({
      mode: 'run',
      controlServers: ['controller:12384'],
      hostname: 'web1.example',
      stateDir: '/var/lib/meshover',
      token: undefined,
      tokenFile: undefined,
      operatorKeys: [],
      repin: undefined,
      underlay: undefined,
      endpoints: [],
      port: 12385,
      gathering: [],
      advertise: [],
      bgpNeighbours: [],
      frr: 'docker',
      frrImage: 'quay.io/frrouting/frr:10.3.0',
      frrConf: '/opt/meshover/conf',
      rtrPort: 12_386,
      linkDriver: 'ip6gre',
      wireguard: 'auto',
      disabled: [],
      metrics: undefined,
      logLevel: 'info',
      logFormat: 'text',
      dockerSocket: '/var/run/docker.sock',
      bfd: { intervalMs: 200, multiplier: 6 },
    });
  });

  it('is frozen', () => {
    expect(Object.isFrozen(config(joined))).toBe(true);
  });

  it.each([
    ['controller', 'controller:12384'],
    ['10.0.0.1:99', '10.0.0.1:99'],
    ['[2001:db8::1]:99', '[2001:db8::1]:99'],
    ['[2001:db8::1]', '[2001:db8::1]:12384'],
    ['2001:db8::1', '[2001:db8::1]:12384'],
  ])('takes the controller %s', (text, expected) => {
    expect(config(['-controlserver', text]).controlServers).toEqual([expected]);
  });

  it('takes several controllers in order', () => {
    expect(config(['--controlserver=b,a:1']).controlServers).toEqual(['b:12384', 'a:1']);
  });

  it('reads gathered ranges with preferences', () => {
    const { gathering } = config([...joined, '-gathering', '192.0.2.0/27,2001:db8:5::/48@20']);
    expect(gathering).toEqual([
      { prefix: '192.0.2.0/27', preference: 10 },
      { prefix: '2001:db8:5::/48', preference: 20 },
    ]);
  });

  it('gives an endpoint without a port ours', () => {
    const { endpoints } = config([
      ...joined,
      '-port',
      '7',
      '-endpoint',
      '2001:db8::1,[2001:db8::2]:9,192.0.2.1',
    ]);
    expect(endpoints).toEqual(['[2001:db8::1]:7', '[2001:db8::2]:9', '192.0.2.1:7']);
  });

  it('takes the environment, and the flag before it', () => {
    const environment = { MESHOVER_CONTROLSERVER: 'a', MESHOVER_PORT: '77' };
    expect(config(['-port', '78'], environment)).toMatchObject({
      controlServers: ['a:12384'],
      port: 78,
    });
  });

  it('needs no controller to clean or to plan', () => {
    expect(config(['-clean']).mode).toBe('clean');
    expect(config(['-plan']).mode).toBe('plan');
  });

  it('answers -help with every flag and -version', () => {
    const help = start(['-help']);
    expect(help.kind === 'help' && help.text).toContain('-gathering');
    expect(start(['-version']).kind).toBe('version');
  });
});

describe('trust', () => {
  it('takes a join token from the command line, the environment or a file, and never shows it', () => {
    const token = 'aaa.bbb.ccc';
    expect(config([...joined, '-token', token]).token?.reveal()).toBe(token);
    const fromEnvironment = config(joined, { MESHOVER_TOKEN: `${token}\n` });
    expect(fromEnvironment.token?.reveal()).toBe(token);
    expect(JSON.stringify(fromEnvironment)).not.toContain(token);
    expect(config([...joined, '-tokenfile', '/run/token']).tokenFile).toBe('/run/token');
  });

  it('forgets the controller, or a peer by its name', () => {
    expect(config(['-repin'])).toMatchObject({ mode: 'repin', repin: undefined });
    expect(config(['-repin', 'web2'])).toMatchObject({ mode: 'repin', repin: 'web2' });
  });
});

describe('a mistake', () => {
  it.each([
    ['no controller', [], 'name the controller: -controlserver HOST:12384'],
    ['an unknown flag', [...joined, '-hostnam', 'x'], 'did you mean -hostname?'],
    ['a leftover word', [...joined, 'word'], '"word"'],
    ['an upper-case name', [...joined, '-hostname', 'Web1'], 'use -hostname web1'],
    ['a bad name', [...joined, '-hostname', 'a_b'], 'not a hostname'],
    ['a bad port', [...joined, '-port', '65536'], 'not a port'],
    ['a bad endpoint', [...joined, '-endpoint', 'host:1'], 'not an endpoint'],
    ['host bits', [...joined, '-advertise', '10.20.0.1/16'], 'did you mean 10.20.0.0/16?'],
    [
      'a neighbour that is a range',
      [...joined, '-bgpneighbors', '10.0.0.0/8'],
      'not an IP address',
    ],
    ['a bad preference', [...joined, '-gathering', '10.0.0.0/8@0'], '10.0.0.0/8@20'],
    ['a range twice', [...joined, '-gathering', '10.0.0.0/8,10.0.0.0/8@2'], 'given twice'],
    ['a bad driver', [...joined, '-link', 'ipip'], 'not one of ip6gre, gre, vxlan'],
    ['a bad part', [...joined, '-disable', 'frr,bgp'], '"bgp" is not one of'],
    ['a relative directory', [...joined, '-statedir', 'state'], 'not an absolute path'],
    ['two modes', [...joined, '-plan', '-clean'], 'exclude each other'],
    ['a bad metrics address', [...joined, '-metrics', '9100'], 'not HOST:PORT'],
    ['bad BFD times', [...joined, '-bfd', '1x1'], '200x6'],
    ['a token cut short', [...joined, '-token', 'aaa.bbb'], 'meshoverctl token create'],
    ['two tokens', [...joined, '-token', 'a.b.c', '-tokenfile', '/x'], 'give one of them'],
    ['a bad operator key', [...joined, '-operatorkey', 'x'], '32 bytes of Ed25519'],
    ['a bad peer', ['-repin', 'a_b'], 'not a hostname'],
    ['a bad underlay', [...joined, '-underlay', 'a-name-that-is-too-long'], 'neither an interface'],
  ] as const)('%s is one clear line', (_, argv, expected) => {
    const lines = complaints(...argv);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(expected);
    expect(lines[0]).not.toContain('\n');
  });

  it('does not hide the others', () => {
    expect(complaints('-port', '0', '-link', 'x')).toHaveLength(3);
  });
});
