// Lets a call in, or not: who may make it, and does the caller prove to be that one.
import type { Metadata } from '@grpc/grpc-js';
import { parseHostname } from '../../shared/address/hostname.ts';
import type { IdentityKey } from '../../shared/address/key.ts';
import type { Parsed } from '../../shared/outcome/parsed.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import { roleFor } from '../auth/permissions.ts';
import { nodeOf } from '../register/register.ts';
import type { RpcGiven } from './given.ts';

/** The audience of a node that does not know the register's id yet. */
const joinAudience = 'join';

export interface Knock {
  /** Full path of the call. */
  readonly method: string;
  readonly metadata: Metadata;
  /** The node that the request says it comes from; '' in calls of operators. */
  readonly name: string;
  /** The key that the request presents, where nodes present one. */
  readonly presented?: Parsed<IdentityKey>;
}

export const admitCall = async (given: RpcGiven, knock: Knock): Promise<Outcome<undefined>> => {
  const authorization = bearerOf(knock.metadata);
  switch (roleFor(knock.method)) {
    case 'anybody':
      return accepted(undefined);
    case 'admin':
      return given.checks.checkAdmin(authorization);
    case 'joining':
      return knock.presented?.ok === false
        ? refused('malformed', knock.presented.reason)
        : checkedNode(given, { ...knock, authorization, key: knock.presented?.value });
    case 'node': {
      const key = nodeOf(given.hub.register(), knock.name)?.identityKey;
      return checkedNode(given, { ...knock, authorization, key });
    }
    case undefined:
      return refused('forbidden', `nobody may call ${knock.method}`);
  }
};

interface Presented {
  readonly method: string;
  readonly name: string;
  readonly authorization: string;
  readonly key: IdentityKey | undefined;
}

const checkedNode = async (
  given: RpcGiven,
  { method, name, authorization, key }: Presented,
): Promise<Outcome<undefined>> => {
  const hostname = parseHostname(name);
  if (!hostname.ok) return refused('malformed', hostname.reason);
  if (key === undefined) {
    return refused('unknown-node', `there is no node "${name}"; it must join first`);
  }
  const { registerId } = given.hub.register().revision;
  const bound = `${registerId} ${given.identity.certificateHash}`;
  // Agents of the version before know no more than the register's id, and before they joined not even that.
  const audiences = [bound, roleFor(method) === 'joining' ? joinAudience : registerId, registerId];
  return given.checks.checkNode({ authorization, name, key, audiences, method });
};

const bearerOf = (metadata: Metadata): string => {
  const [value] = metadata.get('authorization');
  return typeof value === 'string' ? value : '';
};
