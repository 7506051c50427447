// The addresses row: ours on our interfaces, and nothing else there.
import { familyOf } from '../../shared/address/ip.ts';
import { prefixOf } from '../../shared/address/prefix.ts';
import type { InterfaceAddress } from '../desired/desired.ts';
import type { ObservedAddress } from '../observe/observed.ts';
import { makeStep } from './make-step.ts';
import type { AddressStep } from './step.ts';

export interface AddressPlan {
  readonly removing: readonly AddressStep[];
  readonly adding: readonly AddressStep[];
}

/** `observed` is what stands on our interfaces only. */
export const planAddresses = (
  desired: readonly InterfaceAddress[],
  observed: readonly ObservedAddress[],
): AddressPlan => {
  const wanted = new Set(desired.map(addressKey));
  const wrong = observed.filter((address) => !wanted.has(addressKey(address)));
  const right = new Set(observed.filter((address) => !goesAlong(address, wrong)).map(addressKey));
  return {
    removing: wrong.map(removeStep),
    adding: desired.filter((address) => !right.has(addressKey(address))).map(addStep),
  };
};

/** Identity: interface, address and length. */
const addressKey = ({ interface: name, address, length }: InterfaceAddress): string =>
  `${name} ${address}/${String(length)}`;

/** The kernel deletes a subnet's secondary addresses with its first one. */
const goesAlong = (address: ObservedAddress, wrong: readonly ObservedAddress[]): boolean =>
  address.secondary &&
  wrong.some(
    (other) =>
      !other.secondary &&
      other.interface === address.interface &&
      familyOf(other.address) === 4 &&
      prefixOf(other.address, other.length) === prefixOf(address.address, address.length),
  );

const removeStep = (address: ObservedAddress): AddressStep =>
  makeStep<AddressStep>({
    resource: 'address',
    verb: 'remove',
    key: addressKey(address),
    old: address,
    new: undefined,
    reason: 'it does not belong on this interface of ours',
  });

const addStep = (address: InterfaceAddress): AddressStep =>
  makeStep<AddressStep>({
    resource: 'address',
    verb: 'add',
    key: addressKey(address),
    old: undefined,
    new: address,
    reason: 'the interface lacks it',
  });
