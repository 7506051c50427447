// Brings the host to what it should be, then ends: for scripts and images.
import { printRevision } from '../../shared/mesh/revision.ts';
import type { View } from '../../shared/mesh/view.ts';
import { dropForgotten } from '../identity/forgotten.ts';
import { Chronicle } from '../reconcile/chronicle.ts';
import { applySurvey, endpointsFor, survey } from '../reconcile/turn.ts';
import { Uplink } from '../uplink/uplink.ts';
import { turnGivenFor, uplinkGivenFor, type NodeParts } from './parts.ts';

/** Attempts at a controller before the saved view must do. */
const mostAttempts = 5;

/** How long an operator has to approve the node. */
const approvalMs = 300_000;

/** A host that is never done has a program on it that undoes our work. */
const mostTurns = 10;

export const convergeOnce = async (parts: NodeParts): Promise<number> => {
  const { log } = parts;
  const asked = await askForView(parts);
  const view = 'view' in asked ? asked.view : parts.saved;
  if (view === undefined) {
    log.error('this node knows no mesh yet and its controller did not tell it', {
      reason: 'reason' in asked ? asked.reason : '',
    });
    return 1;
  }
  if ('reason' in asked) {
    log.warn('no controller: going by the view of an earlier run', {
      reason: asked.reason,
      revision: printRevision(view.revision),
    });
  }
  return converge(parts, view);
};

const converge = async (parts: NodeParts, view: View): Promise<number> => {
  const given = turnGivenFor(parts, parts.identity);
  const chronicle = new Chronicle(parts.log);
  for (let turn = 0; turn < mostTurns; turn++) {
    const surveyed = await survey(given, view);
    chronicle.tellComplaints(surveyed.complaints);
    if (surveyed.plan.length === 0) {
      parts.log.info('this host is as it should be', { revision: printRevision(view.revision) });
      return 0;
    }
    const { outcomes } = await applySurvey(given, surveyed, surveyed.plan);
    chronicle.tellOutcomes(outcomes, new Map());
    if (outcomes.some(({ result }) => result !== 'done')) return 1;
  }
  parts.log.error(`after ${mostTurns} turns there is still something to do`, {
    reason: 'another program changes what this one sets: run with -plan to see what it is',
  });
  return 1;
};

type Asked = { readonly view: View } | { readonly reason: string };

const askForView = async (parts: NodeParts): Promise<Asked> => {
  const { host, config } = parts;
  const first = await survey(turnGivenFor(parts, parts.identity), undefined);
  let attempts = 0;
  let patience: (() => void) | undefined;
  let answer: (asked: Asked) => void = () => undefined;
  const answered = new Promise<Asked>((resolve) => {
    answer = resolve;
  });
  const uplink = new Uplink({
    ...uplinkGivenFor(parts),
    resumes: false,
    endpoints: endpointsFor(config, first.facts),
    onView: (view) => {
      answer({ view });
    },
    onTrouble: ({ kind, reason }) => {
      if (kind === 'pending') {
        patience ??= host.clock.after(approvalMs, () => {
          answer({ reason: `not approved within ${approvalMs / 1000} s: ${reason}` });
        });
        return;
      }
      attempts += 1;
      if (kind !== 'unreachable' || attempts >= mostAttempts) answer({ reason });
    },
  });
  const attending = uplink.run();
  const asked = await answered;
  patience?.();
  uplink.stop();
  await attending;
  if ('view' in asked) await dropForgotten(host.files, config.stateDir, parts.forgotten);
  return asked;
};
