// The hostile node opens a session in another's name, floods its peers, and is taken back when it repents.
import { allReached } from '../../lab/addresses.ts';
import type { Claims } from '../../lab/claims.ts';
import { type Mesh, sessionsUp } from '../../lab/mesh.ts';
import { operate } from '../../lab/operator.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { heardBy, honest, hostile, linkTo, sentTo, sessionWith, tell } from './hostile.ts';
import { stageOf } from './stage.ts';
import { wanted } from './topology.ts';

export const speaksAsBravo = async (mesh: Mesh, claims: Claims): Promise<void> => {
  const { own, node, peace } = stageOf(mesh);
  const neighbour = `neighbor ${linkTo('alpha')} local-as ${node('bravo').asn} no-prepend replace-as`;
  await tell(mesh, `router bgp ${own.asn}\n ${neighbour}\nexit\n`);
  const { reason } = await waitFor(
    { what: "alpha to refuse delta in bravo's name", deadlineMs: 90_000, everyMs: 1000 },
    async () => {
      const { bgpState = '', lastNotificationReason = '' } = await sessionWith(
        mesh,
        hostile,
        'alpha',
      );
      const refused = /peer as/i.test(lastNotificationReason);
      return refused ? { reason: lastNotificationReason } : `${bgpState} ${lastNotificationReason}`;
    },
  );
  claims.claim("alpha refuses a session in bravo's name", reason, true);
  const { bgpState = '' } = await sessionWith(mesh, 'alpha', hostile);
  claims.claim(`the session of alpha with ${hostile}`, bgpState, bgpState !== 'Established');
  await peace.holds(claims, "in bravo's name");
  await tell(mesh, `router bgp ${own.asn}\n no ${neighbour}\nexit\n`);
  await waitFor(
    { what: `${hostile} in its own name`, deadlineMs: 90_000, everyMs: 1000 },
    async () => {
      const { bgpState: state = '' } = await sessionWith(mesh, 'alpha', hostile);
      return state === 'Established' ? true : state;
    },
  );
};

const floodSize = 10_000;

/** Blackholes in the attacker's own kernel, hosts of bravo's LAN, which its FRR passes on. */
const floodRoutes = (act: 'add' | 'del'): string =>
  Array.from(
    { length: floodSize },
    (_, index) => `route ${act} blackhole 10.30.${index >> 8}.${index & 255}/32 proto 77\n`,
  ).join('');

const redistribute = (asn: number): string =>
  [
    `router bgp ${asn}`,
    ' address-family ipv4 unicast',
    '  redistribute kernel',
    ' exit-address-family',
    'exit',
    '',
  ].join('\n');

/** How the session stands when all was sent, or when the peer had enough of it. */
const flooded = (mesh: Mesh, peer: string): Promise<{ readonly words: string }> =>
  waitFor({ what: `${hostile} to flood ${peer}`, deadlineMs: 120_000, everyMs: 1000 }, async () => {
    const { bgpState = '', lastResetDueTo = '' } = await sessionWith(mesh, peer, hostile);
    if (bgpState !== 'Established') return { words: `${bgpState} ${lastResetDueTo}` };
    const sent = (await sentTo(mesh, peer)).length;
    return sent > floodSize ? { words: `Established, ${sent} sent` } : `${sent} sent`;
  });

const honestNews = async (mesh: Mesh, { claim }: Claims): Promise<void> => {
  const [prefix] = wanted.charlie;
  await operate(mesh, ['authorise', 'charlie', '-advertise', prefix]);
  for (const peer of ['alpha', 'bravo'])
    await waitFor({ what: `${prefix} of charlie at ${peer}`, deadlineMs: 90_000 }, async () => {
      const route = await mesh.host(peer).must(['ip', 'route', 'show', prefix]);
      return route.includes(linkTo('charlie')) ? true : route.trim() || 'no route';
    });
  claim('meanwhile an honest node announces something new', prefix, true);
};

export const floods = async (mesh: Mesh, claims: Claims): Promise<void> => {
  const { own, peace } = stageOf(mesh);
  await mesh.host(hostile).must(['ip', '-batch', '-'], { stdin: floodRoutes('add') });
  await tell(mesh, redistribute(own.asn));
  for (const peer of honest) {
    const { words } = await flooded(mesh, peer);
    claims.claim(`${floodSize} prefixes: ${hostile}'s session with ${peer}`, words, true);
    const { prefixes } = await heardBy(mesh, peer);
    const own4and6 = prefixes.length <= 2;
    claims.claim(`prefixes that ${peer} takes from ${hostile}`, prefixes.length, own4and6);
  }
  await honestNews(mesh, claims);
  await peace.holds(claims, 'flood');
  await mesh.host(hostile).must(['ip', '-batch', '-'], { stdin: floodRoutes('del') });
};

export const repents = async (mesh: Mesh, claims: Claims): Promise<void> => {
  const { peace } = stageOf(mesh);
  await mesh.startController();
  await mesh.host(hostile).must(['docker', 'rm', '-f', 'meshover-frr']);
  mesh.startAgent(hostile);
  const seconds = await sessionsUp(mesh, [hostile, ...honest]);
  claims.claim(`${hostile} is honest again and back in the mesh`, `${seconds.toFixed(1)} s`, true);
  await allReached(mesh);
  await peace.routesHold(claims, 'to the end');
  await peace.pingsHold(claims, 'to the end');
  await peace.end();
};
