// An operator's word lets a prefix of the hostile node in and out again, at every peer, whatever that node itself says.
import type { Claims } from '../../lab/claims.ts';
import type { Mesh } from '../../lab/mesh.ts';
import { lastEvent, operate } from '../../lab/operator.ts';
import { vtysh } from '../../lab/vtysh.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { heardBy, honest, hostile, sentTo, tell } from './hostile.ts';
import { type Stage, stageOf } from './stage.ts';
import { wanted } from './topology.ts';

/** Promised are two seconds; a guest is one slow CPU for the FRR and the agent of all four nodes. */
const withinMs = process.env['LAB_KERNEL'] === 'own' ? 2000 : 30_000;
const prefixes = wanted.delta;

const networks = (asn: number, word: 'network' | 'no network'): string =>
  [
    `router bgp ${asn}`,
    ...prefixes.flatMap((prefix) => [
      ` address-family ipv${prefix.includes(':') ? 6 : 4} unicast`,
      `  ${word} ${prefix}`,
      ' exit-address-family',
    ]),
    'exit',
    '',
  ].join('\n');

interface Turn {
  readonly what: 'authorised' | 'withdrawn';
  readonly gone: boolean;
}

/** Milliseconds from the controller's decision until the last peer's kernel followed. */
const followed = async (mesh: Mesh, stage: Stage, { what, gone }: Turn): Promise<number> => {
  const words = ['authorise', hostile, '-advertise', prefixes.join(',')];
  await operate(mesh, gone ? [...words, '-withdraw'] : words);
  const decidedAt = Number((await lastEvent(mesh, what, hostile)).atMs);
  let last = 0;
  for (const peer of honest)
    for (const prefix of prefixes) {
      const change = await waitFor(
        { what: `${prefix} to be ${what} at ${peer}`, deadlineMs: 120_000 },
        () =>
          stage.peace
            .changes(peer)
            .find(
              (each) => each.destination === prefix && each.gone === gone && each.atMs >= decidedAt,
            ),
      );
      last = Math.max(last, change.atMs - decidedAt);
    }
  return last;
};

const figure = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

export const authorises = async (mesh: Mesh, claims: Claims): Promise<void> => {
  const stage = stageOf(mesh);
  await tell(mesh, networks(stage.own.asn, 'network'));
  for (const peer of honest)
    await waitFor({ what: `${hostile} to announce to ${peer}`, deadlineMs: 60_000 }, async () => {
      const sent = await sentTo(mesh, peer);
      return prefixes.every((prefix) => sent.includes(prefix)) ? true : sent.join(' ');
    });
  const early = honest.flatMap((peer) =>
    stage.peace
      .changes(peer)
      .filter(({ destination }) => prefixes.some((own) => own === destination)),
  );
  claims.claim('before the operator grants it', early.length, early.length === 0);
  const came = await followed(mesh, stage, { what: 'authorised', gone: false });
  claims.claim('from the grant to the last kernel', figure(came), came <= withinMs);
  const went = await followed(mesh, stage, { what: 'withdrawn', gone: true });
  claims.claim(
    `from its withdrawal to the last kernel, ${hostile} still announcing`,
    figure(went),
    went <= withinMs,
  );
  await stage.peace.holds(claims, 'grant and withdrawal');
};

/** With no payloads nothing would be invalid. */
const payloads = (mesh: Mesh, name: string): Promise<number> =>
  waitFor(
    { what: `origin authorisations in FRR of ${name}`, deadlineMs: 90_000, everyMs: 1000 },
    async () => {
      const table = await vtysh(mesh, name, 'show rpki prefix-table');
      return (table.match(/ - /g) ?? []).length || 'none';
    },
  );

const inKernel = async (mesh: Mesh, name: string): Promise<boolean> => {
  const routes = await mesh
    .host(name)
    .shell('ip route show proto bgp; ip -6 route show proto bgp\n');
  return prefixes.every((prefix) => routes.stdout.includes(`${prefix} `));
};

/** The controller is away, the agent starts anew and so does FRR: all that is left is on this node. */
export const aloneAuthorises = async (mesh: Mesh, claims: Claims): Promise<void> => {
  const stage = stageOf(mesh);
  await followed(mesh, stage, { what: 'authorised', gone: false });
  await mesh.stopController();
  await mesh.stopAgent('alpha');
  await mesh.host('alpha').must(['docker', 'kill', 'meshover-frr']);
  mesh.startAgent('alpha');
  await waitFor(
    { what: `${hostile}'s granted prefix at alpha`, deadlineMs: 120_000, everyMs: 1000 },
    async () =>
      (await inKernel(mesh, 'alpha')) && (await heardBy(mesh, 'alpha')).prefixes.length >= 4,
  );
  claims.claim(
    'without the controller, after a restart of agent and FRR: the granted prefix',
    prefixes.join(' '),
    true,
  );
  const count = await payloads(mesh, 'alpha');
  claims.claim('and origin authorisations in its FRR', count, count > 0);
  const { prefixes: taken } = await heardBy(mesh, 'alpha');
  const truth = [`${stage.own.v4}/32`, `${stage.own.v6}/128`, ...prefixes].sort().join(' ');
  claims.claim(`and what it takes from ${hostile}`, taken.join(' '), taken.join(' ') === truth);
  await stage.peace.pingsHold(claims, 'without the controller');
};
