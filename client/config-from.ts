// Flags and environment → the complete configuration, or every complaint at once.
import { endpointOf, parseEndpoint, type Endpoint } from '../shared/address/endpoint.ts';
import { parseHostname, type Hostname } from '../shared/address/hostname.ts';
import { parseIp, type Ip } from '../shared/address/ip.ts';
import { parseOperatorKey } from '../shared/address/key.ts';
import { parsePrefix, type Prefix } from '../shared/address/prefix.ts';
import { parseFlags, type FlagValues } from '../shared/flags/flags.ts';
import { helpFor } from '../shared/flags/help.ts';
import type { LogLevel } from '../shared/log/log.ts';
import { linkDrivers, type Gathering, type LinkDriver } from '../shared/mesh/peer.ts';
import { malformed, parseAll, parsed, type Parsed } from '../shared/outcome/parsed.ts';
import { components, type AgentConfig, type Component } from './config.ts';
import { agentFlags } from './flag-table.ts';
import {
  parseBfd,
  parseGathering,
  parseServer,
  parseSocketAddress,
  parseToken,
} from './flag-values.ts';

export interface CommandLine {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** As the system says it. */
  readonly systemHostname: string;
  /** conf/ beside the program. */
  readonly templates: string;
}

export type Start =
  | { readonly kind: 'config'; readonly config: AgentConfig }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version' }
  | { readonly kind: 'complaints'; readonly complaints: readonly string[] };

export const configFrom = (line: CommandLine): Start => {
  const flags = parseFlags(agentFlags, line);
  if (!flags.ok) return { kind: 'complaints', complaints: flags.complaints };
  const { values } = flags;
  if (values.help) return { kind: 'help', text: helpText() };
  if (values.version) return { kind: 'version' };
  const complaints: string[] = [];
  const config = configOf(values, line, (complaint) => {
    complaints.push(complaint);
  });
  return complaints.length > 0 ? { kind: 'complaints', complaints } : { kind: 'config', config };
};

export const helpText = (): string =>
  helpFor(agentFlags, {
    usage: 'usage: client -controlserver HOST[:PORT] [flags]',
    purpose:
      'Joins this machine to the mesh: WireGuard, a link to every peer, and FRR to route over them.',
  });

type Values = FlagValues<typeof agentFlags>;
type Complain = (complaint: string) => void;

const configOf = (values: Values, line: CommandLine, complain: Complain): AgentConfig => {
  const need = needWith(complain);
  const mode = need('plan', modeFrom(values), 'run' as const);
  const port = need('port', parsePort(values.port), 0);
  return Object.freeze<AgentConfig>({
    mode,
    controlServers: need('controlserver', serversFrom(values.controlserver, mode), []),
    hostname: need('hostname', hostnameFrom(values.hostname, line), '' as Hostname),
    stateDir: need('statedir', absolute(values.statedir), ''),
    ...trustOf(values, need),
    underlay: need('underlay', underlayFrom(values.underlay), undefined),
    endpoints: need('endpoint', parseAll(listOf(values.endpoint), endpointWith(port)), []),
    port,
    gathering: need('gathering', gatheringFrom(values.gathering), []),
    advertise: need('advertise', parseAll(listOf(values.advertise), parsePrefix), [] as Prefix[]),
    bgpNeighbours: need('bgpneighbors', parseAll(listOf(values.bgpneighbors), parseIp), [] as Ip[]),
    frr: need('frr', oneOf(['docker', 'none'], values.frr), 'none'),
    frrImage: values.frrimage,
    frrConf: need('frrconf', absolute(values.frrconf || line.templates), ''),
    rtrPort: need('rtrport', parsePort(values.rtrport), 0),
    linkDriver: need<LinkDriver>('link', oneOf(linkDrivers, values.link), 'ip6gre'),
    wireguard: need('wireguard', oneOf(['auto', 'kernel', 'userspace'], values.wireguard), 'auto'),
    disabled: need<readonly Component[]>(
      'disable',
      parseAll(listOf(values.disable), (text) => oneOf(components, text)),
      [],
    ),
    metrics: need('metrics', metricsFrom(values.metrics), undefined),
    logLevel: need<LogLevel>('loglevel', oneOf(levels, values.loglevel), 'info'),
    logFormat: need('logformat', oneOf(['text', 'json'], values.logformat), 'text'),
    dockerSocket: need('docker', absolute(values.docker), ''),
    bfd: need('bfd', parseBfd(values.bfd), { intervalMs: 0, multiplier: 0 }),
  });
};

type Need = <T>(name: keyof Values, result: Parsed<T>, fallback: T) => T;

const needWith =
  (complain: Complain): Need =>
  (name, result, fallback) => {
    if (result.ok) return result.value;
    complain(`-${name}: ${result.reason}`);
    return fallback;
  };

/** Whom this node is to believe, and how it is to be believed. */
const trustOf = (
  values: Values,
  need: Need,
): Pick<AgentConfig, 'token' | 'tokenFile' | 'operatorKeys' | 'repin'> => ({
  token: need('token', parseToken(values.token), undefined),
  tokenFile: need('tokenfile', tokenFileFrom(values), undefined),
  operatorKeys: need('operatorkey', parseAll(listOf(values.operatorkey), parseOperatorKey), []),
  repin: need('repin', repinFrom(values.repin), undefined),
});

const levels = ['debug', 'info', 'warn', 'error'] as const;

const listOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

const oneOf = <T extends string>(words: readonly T[], text: string): Parsed<T> => {
  const word = words.find((each) => each === text);
  return word === undefined
    ? malformed(`"${text}" is not one of ${words.join(', ')}`)
    : parsed(word);
};

const modeFrom = (values: Values): Parsed<AgentConfig['mode']> => {
  const modes = (['plan', 'once', 'clean', 'repin', 'newidentity'] as const).filter(
    (mode) => values[mode] !== false && values[mode] !== '',
  );
  return modes.length > 1
    ? malformed(`-${modes.join(' and -')} exclude each other: give one of them`)
    : parsed(modes[0] ?? 'run');
};

/** Cleaning, forgetting, and planning from the saved view need no controller. */
const serversFrom = (text: string, mode: AgentConfig['mode']): Parsed<readonly string[]> => {
  const servers = parseAll(listOf(text), parseServer);
  const needs = mode !== 'clean' && mode !== 'plan' && mode !== 'repin';
  if (!servers.ok || servers.value.length > 0 || !needs) return servers;
  return malformed('name the controller: -controlserver HOST:12384');
};

const tokenFileFrom = (values: Values): Parsed<string | undefined> => {
  if (values.tokenfile === '') return parsed(undefined);
  return values.token === ''
    ? absolute(values.tokenfile)
    : malformed('-token is given too: give one of them');
};

const repinFrom = (text: string): Parsed<Hostname | undefined> =>
  text === '' || text === agentFlags.repin.bare ? parsed(undefined) : parseHostname(text);

const hostnameFrom = (text: string, line: CommandLine): Parsed<Hostname> =>
  parseHostname(text === '' ? line.systemHostname.toLowerCase() : text);

const absolute = (path: string): Parsed<string> =>
  path.startsWith('/')
    ? parsed(path)
    : malformed(`"${path}" is not an absolute path; begin it with "/"`);

const parsePort = (text: string): Parsed<number> => {
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535
    ? parsed(port)
    : malformed(`"${text}" is not a port (1 to 65535)`);
};

const underlayFrom = (text: string): Parsed<string | undefined> => {
  if (text === '') return parsed(undefined);
  const ip = parseIp(text);
  if (ip.ok) return parsed(ip.value);
  return /^[^\s/:]{1,15}$/.test(text)
    ? parsed(text)
    : malformed(`"${text}" is neither an interface name (up to 15 characters) nor an address`);
};

/** An address alone is reached at our port. */
const endpointWith =
  (port: number) =>
  (text: string): Parsed<Endpoint> => {
    const ip = parseIp(text.replace(/^\[(.*)\]$/, '$1'));
    return ip.ok ? parsed(endpointOf(ip.value, port)) : parseEndpoint(text);
  };

const gatheringFrom = (text: string): Parsed<readonly Gathering[]> => {
  const ranges = parseAll(listOf(text), parseGathering);
  if (!ranges.ok) return ranges;
  const seen = new Set<string>();
  for (const { prefix } of ranges.value) {
    if (seen.has(prefix)) return malformed(`${prefix} is given twice: give it once`);
    seen.add(prefix);
  }
  return ranges;
};

const metricsFrom = (text: string): Parsed<string | undefined> =>
  text === '' ? parsed(undefined) : parseSocketAddress(text);
