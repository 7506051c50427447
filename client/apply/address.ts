// The addresses row: iproute2 lines that put an address on an interface or take it off.
import { familyOf } from '../../shared/address/ip.ts';
import type { InterfaceAddress } from '../desired/desired.ts';
import type { AddressStep } from '../plan/step.ts';

export const addressLines = ({ old, new: wanted }: AddressStep): readonly string[] => [
  ...(old === undefined ? [] : [`address del ${words(old)}`]),
  // Nobody else can have a tunnel's link-local address, so its use need not wait for a check.
  ...(wanted === undefined
    ? []
    : [`address replace ${words(wanted)}${familyOf(wanted.address) === 6 ? ' nodad' : ''}`]),
];

const words = ({ interface: name, address, length }: InterfaceAddress): string =>
  `${address}/${String(length)} dev ${name}`;
