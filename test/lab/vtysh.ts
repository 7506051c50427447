// Asks the FRR of a node, as an operator would: vtysh in its container.
import type { Mesh } from './mesh.ts';

export const vtysh = (mesh: Mesh, name: string, question: string): Promise<string> =>
  mesh.host(name).must(['docker', 'exec', 'meshover-frr', 'vtysh', '-c', question], {
    timeoutMs: 60_000,
  });

/** The answers to several questions that end with "json", by one entry into the container. */
export const askFrr = async (
  mesh: Mesh,
  name: string,
  questions: readonly string[],
): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const words = questions.flatMap((question) => ['-c', question]);
  const said = await mesh
    .host(name)
    .must(['docker', 'exec', 'meshover-frr', 'vtysh', ...words], { timeoutMs: 60_000 });
  const answers = said.split(/^(?=\{)/m).filter((answer) => answer.startsWith('{'));
  if (answers.length !== questions.length)
    throw new Error(`${name} answered ${answers.length} of ${questions.length} questions: ${said}`);
  return answers.map((answer) => JSON.parse(answer) as Readonly<Record<string, unknown>>);
};

interface SessionPeer {
  readonly state: string;
  readonly connectionsEstablished?: number;
  readonly connectionsDropped?: number;
  readonly remoteAs?: number;
  readonly peerUptimeEstablishedEpoch?: number;
}

export interface Session {
  readonly asn: number;
  readonly established: boolean;
  /** Grows with every loss of the session; a session that never flapped has 0. */
  readonly dropped: number;
  /** Unix seconds since when it is Established; a session that was reset has a later one. */
  readonly sinceSeconds: number;
}

/** By neighbour (the link's interface), of the IPv6 unicast family; both families share one session. */
export const sessionsOf = async (
  mesh: Mesh,
  name: string,
): Promise<ReadonlyMap<string, Session>> => {
  const summary = JSON.parse(await vtysh(mesh, name, 'show bgp summary json')) as {
    readonly ipv6Unicast?: { readonly peers?: Readonly<Record<string, SessionPeer>> };
  };
  return new Map(
    Object.entries(summary.ipv6Unicast?.peers ?? {}).map(([link, peer]) => [
      link,
      {
        asn: peer.remoteAs ?? 0,
        established: peer.state === 'Established',
        dropped: peer.connectionsDropped ?? 0,
        sinceSeconds: peer.peerUptimeEstablishedEpoch ?? 0,
      },
    ]),
  );
};
