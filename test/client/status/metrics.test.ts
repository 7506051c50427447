// The agent's own /metrics: well-formed for Prometheus, and served over HTTP.
import { afterEach, describe, expect, it } from 'vitest';
import type { Server } from 'node:http';
import { hostCommands } from '../../../client/host/commands.ts';
import { listenMetrics } from '../../../client/host/metrics-listener.ts';
import { metricsFor } from '../../../client/status/metrics.ts';
import type { NodeStatus } from '../../../shared/mesh/status.ts';
import { nodeFixture, viewFixture } from '../../fake/view.ts';

const { revision } = viewFixture(nodeFixture(1), []);

const status: NodeStatus = {
  desired: revision,
  applied: revision,
  failedSteps: 0,
  failure: '',
  frrBackend: 'docker',
  frrVersion: '10.3',
  programVersion: '1',
  links: [
    {
      peer: nodeFixture(2).name,
      interface: 'mo-x',
      lastHandshakeSeconds: 90,
      receivedBytes: 1,
      sentBytes: 2,
      bgpState: 'Established',
      bgpUptimeSeconds: 3,
      bfdState: 'up',
      prefixes: 4,
      refusedPrefixes: 3,
      violations: [],
    },
  ],
};

const text = (): Promise<string> =>
  metricsFor({
    status: () => status,
    connected: () => true,
    turns: () => 5,
    refused: () => 2,
    nowSeconds: () => 100,
  }).text();

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe('metrics of the agent', () => {
  it('say what the last status says', async () => {
    const lines = (await text()).split('\n');
    expect(lines).toContain('meshover_agent_controller_connected 1');
    expect(lines).toContain('meshover_agent_handshake_age_seconds{peer="node2"} 10');
    expect(lines).toContain('meshover_agent_bgp_up{peer="node2"} 1');
    expect(lines).toContain('meshover_link_origin_violations{peer="node2"} 3');
    expect(lines).toContain('meshover_agent_peers_refused 2');
    expect(lines).toContain('meshover_agent_revision{state="applied"} 1');
  });

  it('are clean for promtool', async () => {
    const result = await hostCommands.run(['promtool', 'check', 'metrics'], {
      stdin: await text(),
    });
    expect(result).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('are served, and nothing else is', async () => {
    const listening = await listenMetrics('127.0.0.1:0', text);
    if (!listening.ok) throw new Error(listening.reason);
    servers.push(listening.value);
    const address = listening.value.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(await answer.text()).toContain('meshover_agent_turns 5');
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
    const taken = await listenMetrics(`127.0.0.1:${port}`, text);
    expect(taken.ok ? '' : taken.reason).toContain('choose another with -metrics');
  });
});
