// Finds a waiting node and makes sure that it is the one that a person has seen.
import type { PendingNode } from '../../proto/gen/meshover/v1/administration.ts';
import type { IdentityKey } from '../../shared/address/key.ts';
import { pairFingerprint } from '../../shared/trust/fingerprint.ts';
import { identityKeyFromWire } from '../../shared/wire/key.ts';
import type { Desk } from '../command.ts';
import type { Controller } from '../connection/connect.ts';
import { CtlError } from '../ctl-error.ts';
import { printWaiting } from '../print/pending.ts';

export interface Waiting {
  readonly node: PendingNode;
  readonly identityKey: IdentityKey;
  /** Computed here from the two keys: the controller's word for it is not needed. */
  readonly fingerprint: string;
}

/** Several may wait for one name: each has a key of its own. */
export const waitingFor = async (
  controller: Controller,
  name: string,
): Promise<readonly Waiting[]> => {
  const { nodes } = await controller.ask('listPending', {});
  return nodes
    .filter((node) => node.name === name)
    .map((node) => {
      const identityKey = identityKeyFromWire(node.identityKey);
      if (!identityKey.ok) {
        throw new CtlError(`what the controller says of ${name}: ${identityKey.reason}`);
      }
      const fingerprint = pairFingerprint(controller.proof.registerKey, identityKey.value);
      if (node.fingerprint === fingerprint)
        return { node, identityKey: identityKey.value, fingerprint };
      throw new CtlError(
        `the controller says that ${name} has the fingerprint ${node.fingerprint}, but its keys make ${fingerprint}: do not approve anything, and look at the controller`,
      );
    });
};

export const withFingerprint = (
  all: readonly Waiting[],
  fingerprint: string,
): Waiting | undefined => all.find((each) => plain(each.fingerprint) === plain(fingerprint));

export interface Decision {
  readonly name: string;
  /** "approve" or "rekey" */
  readonly verb: string;
}

/** The one that waits, if a person at the terminal says so; nobody is asked where nobody sits. */
export const confirmedNode = async (
  desk: Desk,
  all: readonly Waiting[],
  { name, verb }: Decision,
): Promise<Waiting> => {
  const [waiting, ...others] = all;
  if (waiting === undefined) {
    throw new CtlError(`no node "${name}" is waiting; meshoverctl pending lists those that are`);
  }
  const { fingerprint } = waiting;
  if (others.length > 0) {
    const each = all.map((one) => `${one.fingerprint} from ${one.node.source}`).join(', ');
    throw new CtlError(
      `${all.length} nodes wait for the name ${name} (${each}): compare with the log of the right one, and name it with -fingerprint`,
    );
  }
  if (!desk.interactive) {
    throw new CtlError(
      `${name} waits with the fingerprint ${fingerprint}: compare it with the log of that node, then: meshoverctl ${verb} ${name} -fingerprint ${fingerprint}`,
    );
  }
  desk.err(printWaiting(waiting.node, Math.floor(desk.nowMs() / 1000)));
  const answer = await desk.question(`Does the log of ${name} show ${fingerprint}? [y/N] `);
  if (/^y(es)?$/i.test(answer.trim())) return waiting;
  throw new CtlError(`${name} still waits: nothing was changed`);
};

const plain = (fingerprint: string): string => fingerprint.replace(/[\s-]/g, '').toUpperCase();
