// Inside the lab: eight nodes join at once; how long until everybody pings everybody, against FRR's own time.
import { allAddresses, allPings, describePings, failedPings } from '../../test/lab/addresses.ts';
import { makeMesh, type Mesh } from '../../test/lab/mesh.ts';
import { waitFor } from '../../test/lab/wait-for.ts';

const names = ['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot', 'golf', 'hotel'];

/** When the first FRR container started, in milliseconds of the guest's clock. */
const firstFrrStart = async (mesh: Mesh): Promise<number> => {
  const inspect = ['docker', 'inspect', '-f', '{{.State.StartedAt}}', 'meshover-frr'];
  const starts = await Promise.all(names.map((name) => mesh.host(name).must(inspect)));
  return Math.min(...starts.map((text) => Date.parse(text.trim())));
};

const mesh = await makeMesh({
  name: 'eight-nodes',
  nodes: names.map((name, index) => ({ name, number: index + 1 })),
});
await mesh.startController();
const joinedAt = Date.now();
await mesh.whole();
const establishedAt = Date.now();
const pings = allPings(await allAddresses(mesh));
await waitFor({ what: 'all pings', deadlineMs: 120_000 }, async () => {
  const failed = await failedPings(mesh, pings);
  return failed.length === 0 ? true : describePings(failed);
});
const pingedAt = Date.now();
const frrStart = await firstFrrStart(mesh);
const total = (pingedAt - joinedAt) / 1000;
const bound = (establishedAt - frrStart) / 1000;
const ratio = total / bound;
process.stdout.write(
  `join-eight-ratio ${ratio.toFixed(2)} times 2 ${ratio < 2 ? 'ok' : 'short'}` +
    `  (8 nodes: ${total.toFixed(1)} s from the agents' start to ${pings.length} good pings, ` +
    `FRR start to all Established ${bound.toFixed(1)} s in the same run)\n`,
);
process.exit(ratio < 2 ? 0 : 1);
