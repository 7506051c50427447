// The service of operators.
import {
  AdministrationService,
  type AdministrationServer,
  type GetControllerResponse,
  type NodeEntry,
} from '../../proto/gen/meshover/v1/administration.ts';
import { accepted } from '../../shared/outcome/refusal.ts';
import { programVersion } from '../../shared/version.ts';
import { keyToWire } from '../../shared/wire/key.ts';
import { nodeStatusToWire } from '../../shared/wire/node-status.ts';
import { peerToWire } from '../../shared/wire/peer.ts';
import { revisionToWire } from '../../shared/wire/revision.ts';
import { settingsToWire } from '../../shared/wire/settings.ts';
import { nodesOf } from '../register/register.ts';
import { administratorCalls } from './administrators.ts';
import type { Caller } from './admit-call.ts';
import { answer } from './answer.ts';
import { authorisationCalls } from './authorisations.ts';
import { eventsCall } from './events.ts';
import type { RpcGiven } from './given.ts';
import { membershipCalls } from './membership.ts';
import { seconds } from './seconds.ts';
import { tokenCalls } from './tokens.ts';

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
    handle: (_, caller) => accepted(controllerOf(given, caller)),
  }),
  ...membershipCalls(given),
  ...tokenCalls(given),
  ...authorisationCalls(given),
  ...administratorCalls(given),
  events: eventsCall(given),
});

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

const controllerOf = (
  { hub, open, startedAtMs, identity }: RpcGiven,
  { administrator }: Caller,
): GetControllerResponse => {
  const register = hub.register();
  return {
    revision: revisionToWire(register.revision),
    nodes: register.nodes.size,
    connected: hub.connected().size,
    version: programVersion,
    open,
    startedAtSeconds: seconds(startedAtMs),
    settings: settingsToWire(register.settings),
    pending: hub.pending.list().length,
    registerKey: keyToWire(identity.registerKey),
    role: administrator?.role ?? '',
    administrator: administrator?.name ?? '',
  };
};
