// Asks the FRR of a node, as an operator would: vtysh in its container.
import type { Mesh } from './mesh.ts';

export const vtysh = (mesh: Mesh, name: string, question: string): Promise<string> =>
  mesh.host(name).must(['docker', 'exec', 'meshover-frr', 'vtysh', '-c', question], {
    timeoutMs: 60_000,
  });

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
      },
    ]),
  );
};
