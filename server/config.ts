// Flags and environment → the controller's complete, frozen configuration, or what is wrong with them.
import { parseOperatorKey } from '../shared/address/key.ts';
import { parseFlags, type FlagTable } from '../shared/flags/flags.ts';
import { helpFor } from '../shared/flags/help.ts';
import { logFormats, logLevels, type LogFormat } from '../shared/log/line-log.ts';
import type { LogLevel } from '../shared/log/log.ts';
import type { NetworkSettings } from '../shared/mesh/view.ts';
import { malformed, parseAll, parsed, type Parsed } from '../shared/outcome/parsed.ts';
import { defaultPools, poolsFrom } from './register/pools.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export interface ServerConfig {
  readonly listen: ListenAddress;
  /** Undefined = no HTTP. */
  readonly http: ListenAddress | undefined;
  readonly stateDir: string;
  readonly settings: NetworkSettings;
  /** PEM files that stand in place of the private authority's certificate. */
  readonly tlsFiles: TlsFiles | undefined;
  /** Everybody who asks is admitted. */
  readonly open: boolean;
  /** The state directory was restored from a backup. */
  readonly restored: boolean;
  /** An empty register is made although keys of an earlier one are there. */
  readonly newRegister: boolean;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
}

export type ServerStart =
  | { readonly kind: 'run'; readonly config: ServerConfig }
  | { readonly kind: 'version' }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'complaints'; readonly complaints: readonly string[] };

export const serverFlags = {
  listen: {
    help: 'where nodes and meshoverctl connect (gRPC over TLS); given alone it means the default',
    default: '[::]:12384',
    placeholder: 'HOST:PORT',
    bare: '[::]:12384',
  },
  http: {
    help: 'where /metrics and /healthz are served; "off" for nowhere',
    default: '127.0.0.1:12385',
    placeholder: 'HOST:PORT',
  },
  statedir: {
    help: 'directory of the register, the keys and the admin token; back it up',
    default: '/var/lib/meshover-server',
    placeholder: 'DIR',
  },
  wgaddress: {
    help: 'pools of the tunnel addresses, IPv6 and IPv4',
    default: defaultPools.tunnel.join(','),
    placeholder: 'CIDR,...',
  },
  assignaddress: {
    help: 'pools of the node addresses, IPv6 and IPv4',
    default: defaultPools.node.join(','),
    placeholder: 'CIDR,...',
  },
  'tls-cert': {
    help: 'PEM file of the certificate to show, with its chain; empty = one of the private authority',
    default: '',
    placeholder: 'FILE',
  },
  'tls-key': { help: 'PEM file of the key of -tls-cert', default: '', placeholder: 'FILE' },
  operatorkey: {
    help: "public keys (Ed25519, base64) of operators; nodes then believe another identity key of a peer only with an operator key's word",
    default: '',
    placeholder: 'KEY,...',
  },
  open: {
    help: 'admit every node that asks, and authorise what it advertises and gathers (for labs)',
    kind: 'switch',
  },
  restored: {
    help: 'the register was restored from a backup: begin a new epoch (noticed by itself in most cases)',
    kind: 'switch',
  },
  newregister: {
    help: 'begin with an empty register although the keys of an earlier one are there',
    kind: 'switch',
  },
  loglevel: { help: logLevels.join(', '), default: 'info', placeholder: 'LEVEL' },
  logformat: { help: logFormats.join(', '), default: 'text', placeholder: 'FORMAT' },
  version: { help: 'print the version and stop', kind: 'switch' },
  help: { help: 'print this and stop', kind: 'switch' },
} as const satisfies FlagTable;

export const serverStartFrom = (
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ServerStart => {
  const flags = parseFlags(serverFlags, { argv, environment });
  if (!flags.ok) return { kind: 'complaints', complaints: flags.complaints };
  const { values } = flags;
  if (values.help) return { kind: 'help', text: helpFor(serverFlags, helpText) };
  if (values.version) return { kind: 'version' };
  const fields = {
    listen: parseListen('-listen', values.listen),
    http: values.http === 'off' ? parsed(undefined) : parseListen('-http', values.http),
    stateDir: values.statedir === '' ? malformed('-statedir is empty') : parsed(values.statedir),
    settings: settingsFrom(values),
    tlsFiles: tlsFilesFrom(values),
    open: parsed(values.open),
    restored: parsed(values.restored),
    newRegister: parsed(values.newregister),
    logLevel: oneOf('-loglevel', values.loglevel, logLevels),
    logFormat: oneOf('-logformat', values.logformat, logFormats),
  };
  const complaints = Object.values(fields).flatMap((field) => (field.ok ? [] : [field.reason]));
  if (complaints.length > 0) return { kind: 'complaints', complaints };
  const config = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, field.ok ? field.value : undefined]),
  ) as unknown as ServerConfig;
  return { kind: 'run', config: Object.freeze(config) };
};

const helpText = {
  usage: 'usage: server [flags]',
  purpose: 'The Meshover controller: gives nodes their addresses and tells them of each other.',
};

interface SettingTexts {
  readonly wgaddress: string;
  readonly assignaddress: string;
  readonly operatorkey: string;
}

const settingsFrom = (values: SettingTexts): Parsed<NetworkSettings> => {
  const pools = poolsFrom({
    tunnel: values.wgaddress.split(','),
    node: values.assignaddress.split(','),
  });
  if (!pools.ok) return pools;
  const texts = values.operatorkey.split(',').filter((text) => text.trim() !== '');
  const keys = parseAll(texts, (text) => parseOperatorKey(text.trim()));
  if (!keys.ok) return malformed(`-operatorkey: ${keys.reason}`);
  return parsed({ ...pools.value, operatorKeys: [...new Set(keys.value)].sort() });
};

const tlsFilesFrom = (values: {
  readonly 'tls-cert': string;
  readonly 'tls-key': string;
}): Parsed<TlsFiles | undefined> => {
  const { 'tls-cert': certificate, 'tls-key': key } = values;
  if ((certificate === '') !== (key === '')) {
    return malformed('-tls-cert and -tls-key belong together: give both, or neither');
  }
  return parsed(certificate === '' ? undefined : { certificate, key });
};

const parseListen = (flag: string, text: string): Parsed<ListenAddress> => {
  const groups = /^(?:\[(?<six>[^\]]*)\]|(?<other>[^:]*)):(?<port>\d{1,5})$/.exec(text)?.groups;
  const port = Number(groups?.['port']);
  if (groups === undefined || port > 65535) {
    return malformed(
      `${flag} "${text}" is no address: write it like [::]:12384 or 192.0.2.1:12384`,
    );
  }
  const host = groups['six'] ?? groups['other'] ?? '';
  return parsed({ host: host === '' ? '::' : host, port });
};

const oneOf = <T extends string>(flag: string, text: string, choices: readonly T[]): Parsed<T> => {
  const choice = choices.find((each) => each === text);
  return choice === undefined
    ? malformed(`${flag} "${text}" is none of ${choices.join(', ')}`)
    : parsed(choice);
};
