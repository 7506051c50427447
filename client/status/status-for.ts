// What the node reports of itself: a pure summary of the last turn and of the sessions.
import { printRevision, type Revision } from '../../shared/mesh/revision.ts';
import type { LinkStatus, NodeStatus, OriginViolation } from '../../shared/mesh/status.ts';
import type { View } from '../../shared/mesh/view.ts';
import { linkName } from '../desired/names.ts';
import type { Observed } from '../observe/observed.ts';
import type { Plan, StepOutcome } from '../plan/step.ts';

/** FRR's view of one link. */
export interface SessionState {
  readonly bgpState: string;
  readonly bgpUptimeSeconds: number;
  readonly bfdState: string;
  readonly prefixes: number;
  readonly refusedPrefixes: number;
  readonly violations: readonly OriginViolation[];
}

export interface Sessions {
  /** Empty when FRR does not answer. */
  readonly frrVersion: string;
  /** By interface name. */
  readonly links: ReadonlyMap<string, SessionState>;
}

export const noSessions: Sessions = { frrVersion: '', links: new Map() };

export interface StatusGiven {
  readonly view: View | undefined;
  readonly observed: Pick<Observed, 'wireguard'>;
  readonly outcomes: readonly StepOutcome[];
  readonly held: Plan;
  /** What is wrong on the host and the operator's to mend. */
  readonly complaints: readonly string[];
  /** What the controller says and is not believed: of whom, and why. */
  readonly refused: ReadonlyMap<string, string>;
  /** The last revision that was applied whole. */
  readonly applied: Revision | undefined;
  readonly sessions: Sessions;
  readonly frrBackend: string;
  readonly programVersion: string;
}

export const statusFor = (given: StatusGiven): NodeStatus => {
  const failures = given.outcomes.flatMap((outcome) =>
    outcome.result === 'failed' ? [`${outcome.step.id}: ${outcome.error}`] : [],
  );
  const heldText =
    given.held[0] === undefined ? '' : `${given.held[0].id}: failed before, tried again soon`;
  const [refusal] = given.refused;
  const refusedText = refusal === undefined ? '' : `${refusal[0]} is not believed: ${refusal[1]}`;
  return {
    desired: given.view?.revision,
    applied: given.applied,
    failedSteps: failures.length + given.held.length,
    failure: failures[0] ?? (heldText || refusedText || (given.complaints[0] ?? '')),
    frrBackend: given.frrBackend,
    frrVersion: given.sessions.frrVersion,
    programVersion: given.programVersion,
    links: given.view === undefined ? [] : linksOf(given.view, given),
  };
};

const linksOf = (view: View, given: StatusGiven): readonly LinkStatus[] => {
  const peers = new Map(given.observed.wireguard?.peers.map((peer) => [peer.publicKey, peer]));
  return view.peers.map((peer) => {
    const seen = peers.get(peer.wireguardKey);
    const name = linkName(peer.name);
    return {
      peer: peer.name,
      interface: name,
      lastHandshakeSeconds: seen?.lastHandshakeSeconds ?? 0,
      receivedBytes: seen?.receivedBytes ?? 0,
      sentBytes: seen?.sentBytes ?? 0,
      ...sessionOf(given.sessions.links.get(name)),
    };
  });
};

/** Names each field: what else a reader of FRR knows must not reach the wire. */
const sessionOf = (session: SessionState | undefined): SessionState => ({
  bgpState: session?.bgpState ?? '',
  bgpUptimeSeconds: session?.bgpUptimeSeconds ?? 0,
  bfdState: session?.bfdState ?? '',
  prefixes: session?.prefixes ?? 0,
  refusedPrefixes: session?.refusedPrefixes ?? 0,
  violations: session?.violations ?? [],
});

/** What of a status is worth an early report: not counters that always move. */
export const gistOf = (status: NodeStatus): string =>
  JSON.stringify([
    status.desired && printRevision(status.desired),
    status.applied && printRevision(status.applied),
    status.failedSteps,
    status.failure,
    status.frrVersion,
    status.links.map((link) => [
      link.peer,
      link.lastHandshakeSeconds > 0,
      link.bgpState,
      link.bfdState,
      link.refusedPrefixes,
    ]),
  ]);
