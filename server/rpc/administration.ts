// The service of operators.
import { status } from '@grpc/grpc-js';
import {
  AdministrationService,
  type AdministrationServer,
  type GetControllerResponse,
  type NodeEntry,
  type RemoveNodeRequest,
  type RemoveNodeResponse,
} from '../../proto/gen/meshover/v1/administration.ts';
import { parseHostname } from '../../shared/address/hostname.ts';
import { printRevision } from '../../shared/mesh/revision.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import { programVersion } from '../../shared/version.ts';
import { keyToWire } from '../../shared/wire/key.ts';
import { nodeStatusToWire } from '../../shared/wire/node-status.ts';
import { peerToWire } from '../../shared/wire/peer.ts';
import { revisionToWire } from '../../shared/wire/revision.ts';
import { settingsToWire } from '../../shared/wire/settings.ts';
import { nodesOf } from '../register/register.ts';
import { answer } from './answer.ts';
import type { RpcGiven } from './given.ts';

export const administrationServer = (given: RpcGiven): AdministrationServer => ({
  listNodes: answer(given, {
    method: AdministrationService.listNodes.path,
    handle: () =>
      accepted({
        revision: revisionToWire(given.hub.register().revision),
        nodes: entriesOf(given),
      }),
  }),
  getController: answer(given, {
    method: AdministrationService.getController.path,
    handle: () => accepted(controllerOf(given)),
  }),
  removeNode: answer(given, {
    method: AdministrationService.removeNode.path,
    handle: (request) => remove(given, request),
  }),
  listPending: notYet,
  approveNode: notYet,
  rejectNode: notYet,
  rekeyNode: notYet,
  createToken: notYet,
  listTokens: notYet,
  revokeToken: notYet,
  authorise: notYet,
  listAuthorisations: notYet,
  createAdministrator: notYet,
  listAdministrators: notYet,
  revokeAdministrator: notYet,
  events: (stream) => stream.emit('error', unimplemented),
});

const unimplemented = Object.assign(new Error('not yet'), {
  code: status.UNIMPLEMENTED,
  details: 'this controller cannot do that yet',
});

const notYet = (_: unknown, done: (fault: typeof unimplemented) => void): void => {
  done(unimplemented);
};

const entriesOf = ({ hub }: RpcGiven): NodeEntry[] => {
  const connected = hub.connected();
  const reports = hub.reports();
  return nodesOf(hub.register()).map((node) => {
    const report = reports.get(node.name);
    return {
      node: peerToWire(node, node.changedAt),
      status: report && nodeStatusToWire(report.status),
      reportedAtSeconds: seconds(report?.atMs ?? 0),
      connected: connected.has(node.name),
      tags: [...node.tags],
    };
  });
};

const controllerOf = ({ hub, open, startedAtMs, identity }: RpcGiven): GetControllerResponse => {
  const register = hub.register();
  return {
    revision: revisionToWire(register.revision),
    nodes: register.nodes.size,
    connected: hub.connected().size,
    version: programVersion,
    open,
    startedAtSeconds: seconds(startedAtMs),
    settings: settingsToWire(register.settings),
    pending: 0,
    registerKey: keyToWire(identity.registerKey),
    role: 'admin',
    administrator: 'admin',
  };
};

const remove = async (
  { hub, log }: RpcGiven,
  request: RemoveNodeRequest,
): Promise<Outcome<RemoveNodeResponse>> => {
  const name = parseHostname(request.name);
  if (!name.ok) return refused('malformed', name.reason);
  const reason = request.reason === '' ? 'removed by operator' : request.reason.slice(0, 200);
  const removed = await hub.remove({ name: name.value, reason });
  if (!removed.ok) return removed;
  const { revision } = removed.value.register;
  log.info('node removed', { node: name.value, reason, revision: printRevision(revision) });
  return accepted({ revision: revisionToWire(revision) });
};

const seconds = (ms: number): bigint => BigInt(Math.floor(ms / 1000));
