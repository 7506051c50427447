// Commands that let nodes in and put them out: approve, reject, remove, rekey.
import { parsed } from '../../shared/outcome/parsed.ts';
import type { Hostname } from '../../shared/address/hostname.ts';
import type { IdentityKey } from '../../shared/address/key.ts';
import { identityKeyFromWire } from '../../shared/wire/key.ts';
import { signWord } from '../../shared/trust/signed.ts';
import { signedToWire, successionKind } from '../../shared/wire/signed.ts';
import { commandFrom, nodeFingerprintFlag, type Desk } from '../command.ts';
import type { Controller } from '../connection/connect.ts';
import { CtlError } from '../ctl-error.ts';
import { listOf, parseName } from '../flag-values.ts';
import { readOperatorKey } from '../operator-key-file.ts';
import { confirmedNode, waitingFor, withFingerprint, type Waiting } from './waiting.ts';

export const approve = commandFrom({
  words: 'approve',
  operand: 'NAME',
  summary: 'admit a waiting node',
  flags: {
    ...nodeFingerprintFlag,
    authorise: { help: 'authorise all that it asks to advertise and to gather', kind: 'switch' },
    tags: { help: 'tags of the node', default: '', placeholder: 'TAG,...' },
  },
  read: ({ operand, values }) => {
    const name = parseName(operand);
    if (!name.ok) return name;
    return parsed(async (desk) => {
      const controller = await desk.controller();
      const all = await waitingFor(controller, name.value);
      const typed = values.fingerprint.trim().toUpperCase();
      // Not among those that wait: perhaps one that was turned away, which the controller still knows.
      const fingerprint =
        typed === ''
          ? (await confirmedNode(desk, all, { name: name.value, verb: 'approve' })).fingerprint
          : (withFingerprint(all, typed)?.fingerprint ?? typed);
      const answer = await controller.ask('approveNode', {
        ...{
          name: name.value,
          fingerprint,
          authorise: values.authorise,
          tags: listOf(values.tags),
        },
      });
      desk.out(`${name.value} is admitted: ${answer.node?.nodeAddresses.join(' ') ?? ''}\n`);
    });
  },
});

export const reject = commandFrom({
  words: 'reject',
  operand: 'NAME',
  summary: 'turn a waiting node away',
  flags: nodeFingerprintFlag,
  read: ({ operand, values: { fingerprint } }) => {
    const name = parseName(operand);
    if (!name.ok) return name;
    return parsed(async (desk) => {
      const { ask } = await desk.controller();
      await ask('rejectNode', { name: name.value, fingerprint });
      desk.out(`${name.value} is turned away\n`);
    });
  },
});

export const remove = commandFrom({
  words: 'remove',
  operand: 'NAME',
  summary: 'remove a node for good; its peers forget it at once',
  flags: {
    reason: {
      help: 'why, for its peers and for people',
      default: 'removed by operator',
      placeholder: 'TEXT',
    },
  },
  read: ({ operand, values: { reason } }) => {
    const name = parseName(operand);
    if (!name.ok) return name;
    return parsed(async (desk) => {
      const { ask } = await desk.controller();
      await ask('removeNode', { name: name.value, reason });
      desk.out(`${name.value} is removed\n`);
    });
  },
});

export const rekey = commandFrom({
  words: 'rekey',
  operand: 'NAME',
  summary: 'give a name to the waiting node that asks for it with another identity key',
  flags: {
    ...nodeFingerprintFlag,
    operatorkey: {
      help: "file of an operator's private key, which signs the change for all peers; it stays on this machine",
      default: '',
      placeholder: 'FILE',
    },
  },
  read: ({ operand, values }) => {
    const name = parseName(operand);
    if (!name.ok) return name;
    return parsed(async (desk) => {
      const key = values.operatorkey === '' ? undefined : readOperatorKey(values.operatorkey);
      const controller = await desk.controller();
      const waiting = await rekeyed(desk, controller, {
        name: name.value,
        fingerprint: values.fingerprint,
      });
      const succession =
        key &&
        signWord(
          successionKind,
          {
            registerId: controller.proof.registerId,
            name: name.value,
            oldIdentityKey: await identityKeyOf(controller, name.value),
            newIdentityKey: waiting.identityKey,
            issuedAtSeconds: BigInt(Math.floor(desk.nowMs() / 1000)),
          },
          key,
        );
      const { fingerprint } = waiting;
      await controller.ask('rekeyNode', {
        ...{ name: name.value, fingerprint, succession: signedToWire(succession) },
      });
      desk.out(`${name.value} has a new identity key\n`);
    });
  },
});

/** What the operator signs for must be known here: the controller's word is not enough. */
const rekeyed = async (
  desk: Desk,
  controller: Controller,
  { name, fingerprint }: { readonly name: string; readonly fingerprint: string },
): Promise<Waiting> => {
  const all = await waitingFor(controller, name);
  if (fingerprint === '') return confirmedNode(desk, all, { name, verb: 'rekey' });
  const found = withFingerprint(all, fingerprint);
  if (found !== undefined) return found;
  const shown = all.map((each) => each.fingerprint).join(', ') || 'none';
  throw new CtlError(
    `no node with that fingerprint waits for the name ${name} (waiting: ${shown}): compare with the log of that node`,
  );
};

const identityKeyOf = async ({ ask }: Controller, name: Hostname): Promise<IdentityKey> => {
  const { nodes } = await ask('listNodes', {});
  const entry = nodes.find(({ node }) => node?.name === name);
  const key = identityKeyFromWire(entry?.node?.identityKey ?? Buffer.alloc(0));
  if (key.ok) return key.value;
  throw new CtlError(
    `there is no node "${name}" whose identity key could be followed by another: meshoverctl approve ${name} admits a new one`,
  );
};
