// Lets a call in, or not: who may make it, and does the caller prove to be that one.
import type { Metadata } from '@grpc/grpc-js';
import { parseHostname } from '../../shared/address/hostname.ts';
import type { IdentityKey } from '../../shared/address/key.ts';
import type { Parsed } from '../../shared/outcome/parsed.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import type { AdministratorCalling } from '../auth/caller.ts';
import { roleFor } from '../auth/permissions.ts';
import { sourceOf } from '../door/source.ts';
import { lookUp } from '../register/persistent-map.ts';
import { administratorsOf, nodeOf, type Register } from '../register/register.ts';
import type { RpcGiven } from './given.ts';

export interface Knock {
  /** Full path of the call. */
  readonly method: string;
  readonly metadata: Metadata;
  /** Address of the other end, with its port. */
  readonly peer: string;
  /** The node that the request says it comes from; '' in calls of operators. */
  readonly name: string;
  /** The key that the request presents, where nodes present one. */
  readonly presented?: Parsed<IdentityKey>;
}

/** Who was let in. */
export interface Caller {
  /** In the audit log's words. */
  readonly who: string;
  /** Address that it calls from. */
  readonly address: string;
  /** Whom it counts against; undefined for loopback, which may be everybody behind a local proxy. */
  readonly source: string | undefined;
  readonly administrator: AdministratorCalling | undefined;
}

export const admitCall = async (given: RpcGiven, knock: Knock): Promise<Outcome<Caller>> => {
  const authorization = bearerOf(knock.metadata);
  const address = addressOf(knock.peer);
  const from = { address, source: sourceOf(address) };
  const role = roleFor(knock.method);
  switch (role) {
    case 'anybody':
      return accepted({ who: 'anybody', ...from, administrator: undefined });
    case 'viewer':
    case 'operator':
    case 'admin': {
      const administrators = administratorsOf(given.hub.register());
      const question = { authorization, source: from.source, administrators, needed: role };
      const calling = given.checks.checkAdministrator(question);
      if (!calling.ok) return calling;
      const administrator = calling.value;
      return accepted({ who: `admin ${administrator.name}`, ...from, administrator });
    }
    case 'joining':
    case 'node': {
      const proven = await checkedNode(given, knock, role);
      return proven.ok
        ? accepted({ who: `node ${knock.name}`, ...from, administrator: undefined })
        : proven;
    }
    case undefined:
      return refused('forbidden', `nobody may call ${knock.method}`);
  }
};

/** "192.0.2.1" of "::ffff:192.0.2.1:5000". */
const addressOf = (peer: string): string =>
  peer.slice(0, Math.max(0, peer.lastIndexOf(':'))).replace(/^::ffff:(?=\d+\.)/, '');

const checkedNode = async (
  given: RpcGiven,
  { method, metadata, name, presented }: Knock,
  role: 'joining' | 'node',
): Promise<Outcome<undefined>> => {
  const hostname = parseHostname(name);
  if (!hostname.ok) return refused('malformed', hostname.reason);
  if (presented?.ok === false) return refused('malformed', presented.reason);
  const register = given.hub.register();
  const key = role === 'joining' ? presented?.value : nodeOf(register, name)?.identityKey;
  if (key === undefined) return strangerRefused(register, name);
  // Bound to the connection's certificate, as Hello told both: worth nothing to whoever stands between.
  const audience = `${register.revision.registerId} ${given.identity.certificateHash}`;
  const authorization = bearerOf(metadata);
  return given.checks.checkNode({ authorization, name, key, audience, method });
};

const strangerRefused = (register: Register, name: string): ReturnType<typeof refused> => {
  const tombstone = lookUp(register.tombstones, name);
  return tombstone === undefined
    ? refused('unknown-node', `there is no node "${name}"; it must join first`)
    : refused(
        'removed',
        `node "${name}" was removed (${tombstone.reason}); an operator may admit it again: meshoverctl approve ${name}`,
      );
};

const bearerOf = (metadata: Metadata): string => {
  const [value] = metadata.get('authorization');
  return typeof value === 'string' ? value : '';
};
