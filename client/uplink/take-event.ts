// What one event of the peers stream comes to: told by the controller, judged by what the peers signed.
import type { Log } from '../../shared/log/log.ts';
import type { View, ViewEvent } from '../../shared/mesh/view.ts';
import type { OperatorKey } from '../../shared/address/key.ts';
import type { Hostname } from '../../shared/address/hostname.ts';
import { acceptPeers, type Believed } from '../identity/accept-peers.ts';
import { removalComplaint } from '../identity/judge-removal.ts';
import type { Pins } from '../identity/pins.ts';
import type { Admission } from './admission.ts';
import { viewAfter, type ViewAfter } from './view-after.ts';

export interface Held {
  readonly view: View | undefined;
  readonly pins: Pins;
}

export interface Listening {
  readonly name: Hostname;
  /** Operator keys that were given by hand. */
  readonly operatorKeys: readonly OperatorKey[];
  readonly admission: Admission;
}

export type Taken =
  | ({ readonly kind: 'view'; readonly kept: readonly Hostname[] } & Believed)
  | Exclude<ViewAfter, { kind: 'view' }>
  /** The event is of another register than the one that the controller has proven. */
  | { readonly kind: 'stranger' };

export const takeEvent = (held: Held, told: ViewEvent, listening: Listening): Taken => {
  const { name, admission } = listening;
  const { registerId } = admission.pin;
  const revision = told.kind === 'snapshot' ? told.revision : told.to;
  if (revision.registerId !== registerId) return { kind: 'stranger' };
  const event = withoutFalseEnd(told, listening);
  const after = viewAfter(held.view, event, name);
  if (after.kind !== 'view') return after;
  const pinned = admission.pin.operatorKeys ?? [];
  const believed = acceptPeers({
    told: after.view,
    known: held.view,
    pins: held.pins,
    trust: {
      registerId,
      registerKey: admission.pin.registerKey,
      operatorKeys: operatorKeysOf(after.view, pinned, listening.operatorKeys),
    },
    place: admission.place,
    whole: told.kind === 'snapshot',
  });
  return { kind: 'view', kept: after.kept, ...believed };
};

/** Says what is refused now and was not before, and what is right again. */
export const tellRefusals = (log: Log, before: Pins, now: Pins): void => {
  for (const [peer, reason] of now.refused) {
    if (before.refused.get(peer) === reason) continue;
    const remedy = now.byName.has(peer as Hostname)
      ? ` If you know why it changed: client -repin ${peer}`
      : '';
    log.error(
      'not believed of the controller: this node goes on with what it knew before; is the controller the one ' +
        `that you trust?${remedy}`,
      { peer, reason },
    );
  }
  for (const peer of before.refused.keys()) {
    if (!now.refused.has(peer)) log.info('what the controller says is right again', { peer });
  }
};

/** Only the register ends a membership: a forged end of this node is not heard. */
const withoutFalseEnd = (event: ViewEvent, { name, admission }: Listening): ViewEvent => {
  const { pin, place } = admission;
  const since = { epoch: place.epoch, number: place.serial };
  const isFalse = (tombstone: ViewEvent['tombstones'][number]): boolean =>
    tombstone.name === name && removalComplaint(tombstone, { since }, pin) !== undefined;
  return event.tombstones.some(isFalse)
    ? { ...event, tombstones: event.tombstones.filter((tombstone) => !isFalse(tombstone)) }
    : event;
};

/** The controller may take back a key that it named at first contact, never one that was given by hand. */
const operatorKeysOf = (
  { settings }: View,
  pinned: readonly OperatorKey[],
  byHand: readonly OperatorKey[],
): readonly OperatorKey[] => {
  const still = pinned.filter((key) => settings.operatorKeys.includes(key));
  return [...new Set([...byHand, ...still])].sort();
};
