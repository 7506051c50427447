// The state that a node reports: who was heard, which sessions are up, what failed.
import { describe, expect, it } from 'vitest';
import { linkName } from '../../../client/desired/names.ts';
import type { ObservedPeer } from '../../../client/observe/observed.ts';
import type { Step } from '../../../client/plan/step.ts';
import {
  gistOf,
  noSessions,
  statusFor,
  type StatusGiven,
} from '../../../client/status/status-for.ts';
import { nodeFixture, viewFixture } from '../../fake/view.ts';

const [self, two, three] = [nodeFixture(1), nodeFixture(2), nodeFixture(3)];
const view = viewFixture(self, [two, three]);

const heard = (peer: typeof two, lastHandshakeSeconds: number): ObservedPeer => ({
  publicKey: peer.wireguardKey,
  endpoint: undefined,
  allowedIps: [],
  keepaliveSeconds: 25,
  lastHandshakeSeconds,
  handshakeAgeSeconds: 1,
  receivedBytes: 10,
  sentBytes: 20,
});

const given = (changes: Partial<StatusGiven> = {}): StatusGiven => ({
  view,
  observed: {
    wireguard: {
      interface: 'mo-wg',
      publicKey: undefined,
      listenPort: 1,
      fwmark: 1,
      peers: [heard(two, 99)],
    },
  },
  outcomes: [],
  held: [],
  complaints: [],
  refused: new Map(),
  applied: undefined,
  sessions: noSessions,
  frrBackend: 'docker',
  programVersion: '1.2.3',
  ...changes,
});

const step: Step = {
  resource: 'link',
  verb: 'add',
  key: 'mo-x',
  id: 'link/mo-x/add',
  old: undefined,
  new: undefined,
  reason: 'test',
  needs: [],
};

describe('status', () => {
  it('names the peer that is told otherwise than it has signed', () => {
    const refused = new Map([['node2', 'its statement is older']]);
    const status = statusFor(given({ refused }));
    expect(status.failure).toBe('node2 is not believed: its statement is older');
    expect(status.failedSteps).toBe(0);
  });

  it('names every peer with its link, handshake and bytes', () => {
    expect(statusFor(given()).links).toEqual([
      {
        peer: 'node2',
        interface: linkName(two.name),
        lastHandshakeSeconds: 99,
        receivedBytes: 10,
        sentBytes: 20,
        bgpState: '',
        bgpUptimeSeconds: 0,
        bfdState: '',
        prefixes: 0,
        refusedPrefixes: 0,
        violations: [],
      },
      expect.objectContaining({ peer: 'node3', lastHandshakeSeconds: 0, receivedBytes: 0 }),
    ]);
  });

  it('finds the session of each link', () => {
    const session = {
      bgpState: 'Established',
      bgpUptimeSeconds: 7,
      bfdState: 'up',
      prefixes: 4,
      refusedPrefixes: 0,
      violations: [],
    };
    const sessions = { frrVersion: '10.3', links: new Map([[linkName(three.name), session]]) };
    const status = statusFor(given({ sessions }));
    expect(status.links[1]).toMatchObject(session);
    expect(status.frrVersion).toBe('10.3');
  });

  it('counts failed and held steps and tells the first failure', () => {
    const status = statusFor(
      given({ outcomes: [{ step, result: 'failed', error: 'no memory' }], held: [step] }),
    );
    expect([status.failedSteps, status.failure]).toEqual([2, 'link/mo-x/add: no memory']);
  });

  it('tells what the operator should mend where no step fails', () => {
    const complaints = ['this host drops what it forwards', 'another'];
    const status = statusFor(given({ complaints }));
    expect([status.failedSteps, status.failure]).toEqual([0, complaints[0]]);
    const failing = statusFor(given({ complaints, held: [step] }));
    expect(failing.failure).toContain('failed before');
  });

  it('has no links before there is a view', () => {
    expect(statusFor(given({ view: undefined }))).toMatchObject({ desired: undefined, links: [] });
  });

  it('is worth an early report when a session changes, not when bytes move', () => {
    const before = statusFor(given());
    const moved = { ...before, links: before.links.map((link) => ({ ...link, sentBytes: 999 })) };
    const up = {
      ...before,
      links: before.links.map((link) => ({ ...link, bgpState: 'Established' })),
    };
    expect(gistOf(moved)).toBe(gistOf(before));
    expect(gistOf(up)).not.toBe(gistOf(before));
  });
});
