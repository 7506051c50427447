// The controller's metrics, by a scrape over HTTP and by the real promtool.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { HubState } from '../../../server/hub/state.ts';
import { serveHttp } from '../../../server/http/serve-http.ts';
import { createMetrics, type Metrics } from '../../../server/metrics/metrics.ts';
import type { Hostname } from '../../../shared/address/hostname.ts';
import { silentLog } from '../../../shared/log/log.ts';
import type { LinkStatus, NodeStatus } from '../../../shared/mesh/status.ts';
import { joinAll, registerWith, valueOf } from '../register/requests.ts';

const nowMs = 1_700_000_100_000;

const link = (peer: string, changes: Partial<LinkStatus> = {}): LinkStatus => ({
  peer: peer as Hostname,
  interface: `mo-${peer}`,
  lastHandshakeSeconds: 1_700_000_000,
  receivedBytes: 1,
  sentBytes: 2,
  bgpState: 'Established',
  bgpUptimeSeconds: 5,
  bfdState: 'up',
  prefixes: 2,
  refusedPrefixes: 0,
  violations: [],
  ...changes,
});

const statusWith = (links: readonly LinkStatus[]): NodeStatus => ({
  desired: undefined,
  applied: undefined,
  failedSteps: 3,
  failure: '',
  frrBackend: 'docker',
  frrVersion: '10.3',
  programVersion: '0',
  links,
});

const metrics = (): Metrics => {
  const register = joinAll(registerWith(), ['alpha', 'beta', 'gamma']);
  const report = (links: readonly LinkStatus[]): { status: NodeStatus; atMs: number } => ({
    status: statusWith(links),
    atMs: nowMs - 5000,
  });
  const state: HubState = {
    register: () => register,
    connected: () => new Set(['alpha' as Hostname, 'gone' as Hostname]),
    reports: () =>
      new Map([
        [
          'alpha' as Hostname,
          report([link('beta'), link('gamma', { bgpState: 'Idle', refusedPrefixes: 7 })]),
        ],
        ['beta' as Hostname, report([link('alpha'), link('gone')])],
      ]),
  };
  const made = createMetrics({ state, now: () => nowMs });
  made.joined();
  made.refused('name-taken');
  return made;
};

test.each([
  'meshover_nodes 3',
  'meshover_nodes_connected 1',
  'meshover_register_revision 3',
  'meshover_joins_total 1',
  'meshover_refusals_total{code="name-taken"} 1',
  'meshover_node_connected{node="beta"} 0',
  'meshover_node_report_age_seconds{node="alpha"} 5',
  'meshover_node_handshake_age_seconds{node="alpha"} 100',
  'meshover_node_bgp_sessions{node="alpha",state="Idle"} 1',
  'meshover_node_failed_steps{node="beta"} 3',
  'meshover_node_origin_violations{node="gamma"} 7',
  'meshover_node_origin_violations{node="alpha"} 0',
])('%s', async (line) => {
  expect((await metrics().text()).split('\n')).toContain(line);
});

test('an established session is one edge, whoever reports it, and only between known nodes', async () => {
  const edges = (await metrics().text())
    .split('\n')
    .filter((line) => line.startsWith('graph_meshover_nodes_bgp_edges'));
  expect(edges).toEqual([
    'graph_meshover_nodes_bgp_edges{id="alpha--beta",source="alpha",target="beta",mainstat="Established"} 1',
  ]);
});

test('every node is a node of the graph', async () => {
  const text = await metrics().text();
  expect(text.match(/^graph_meshover_nodes_nodes\{id="(alpha|beta|gamma)",title=/gm)).toHaveLength(
    3,
  );
});

test('promtool finds nothing to complain of', async () => {
  const input = await metrics().text();
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input,
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('HTTP serves metrics and health, and nothing else', async () => {
  const address = { host: '127.0.0.1', port: 0 };
  const serving = valueOf(await serveHttp({ address, metrics: metrics(), log: silentLog }));
  const base = `http://127.0.0.1:${String(serving.address.port)}`;
  const scraped = await fetch(`${base}/metrics`);
  expect(scraped.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  expect(await scraped.text()).toContain('meshover_nodes 3');
  expect((await fetch(`${base}/healthz`)).status).toBe(200);
  expect((await fetch(`${base}/other`)).status).toBe(404);
  expect((await fetch(`${base}/metrics`, { method: 'POST' })).status).toBe(405);
  const taken = await serveHttp({ address: serving.address, metrics: metrics(), log: silentLog });
  expect(taken).toMatchObject({ ok: false, reason: expect.stringContaining('-http') as string });
  serving.close();
});
