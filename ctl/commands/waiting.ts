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

export const waitingNode = async (controller: Controller, name: string): Promise<Waiting> => {
  const { nodes } = await controller.ask('listPending', {});
  const node = nodes.find((each) => each.name === name);
  if (node === undefined) {
    throw new CtlError(`no node "${name}" is waiting; meshoverctl pending lists those that are`);
  }
  const identityKey = identityKeyFromWire(node.identityKey);
  if (!identityKey.ok)
    throw new CtlError(`what the controller says of ${name}: ${identityKey.reason}`);
  const fingerprint = pairFingerprint(controller.proof.registerKey, identityKey.value);
  if (node.fingerprint !== fingerprint) {
    throw new CtlError(
      `the controller says that ${name} has the fingerprint ${node.fingerprint}, but its keys make ${fingerprint}: do not approve anything, and look at the controller`,
    );
  }
  return { node, identityKey: identityKey.value, fingerprint };
};

export interface Decision {
  readonly controller: Controller;
  readonly name: string;
  /** -fingerprint; '' = not given. */
  readonly fingerprint: string;
  /** "approve" or "rekey" */
  readonly verb: string;
}

/** The waiting node, by its fingerprint or by a person at the terminal; nobody is asked where nobody sits. */
export const confirmedNode = async (desk: Desk, decision: Decision): Promise<Waiting> => {
  const { controller, name, verb, fingerprint } = decision;
  const waiting = await waitingNode(controller, name);
  if (fingerprint !== '') {
    if (plain(fingerprint) === plain(waiting.fingerprint)) return waiting;
    throw new CtlError(
      `${name} waits with the fingerprint ${waiting.fingerprint}, which is not the one given (${fingerprint}): compare with the log of that node; meshoverctl reject ${name} turns a stranger away`,
    );
  }
  if (!desk.interactive) {
    throw new CtlError(
      `${name} waits with the fingerprint ${waiting.fingerprint}: compare it with the log of that node, then: meshoverctl ${verb} ${name} -fingerprint ${waiting.fingerprint}`,
    );
  }
  desk.err(printWaiting(waiting.node, Math.floor(desk.nowMs() / 1000)));
  const answer = await desk.question(`Does the log of ${name} show ${waiting.fingerprint}? [y/N] `);
  if (/^y(es)?$/i.test(answer.trim())) return waiting;
  throw new CtlError(`${name} still waits: nothing was changed`);
};

const plain = (fingerprint: string): string => fingerprint.replace(/[\s-]/g, '').toUpperCase();
