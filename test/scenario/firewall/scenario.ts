// The host's own firewall: what scans find, and how it lives with what else is on the host.
import type { Scenario } from '../../lab/scenario.ts';
import { fourNodes } from '../../lab/topologies.ts';
import { clampedSegments, droppingPolicy, otherTables, takenPort } from './neighbours.ts';
import { nothingIsOpen, onlyNextDoor } from './scans.ts';

export const scenario: Scenario = {
  title: "the host's own firewall",
  topology: fourNodes,
  stories: [
    { name: 'nothing is open that should not be', tell: nothingIsOpen },
    { name: 'BGP comes only from next door', tell: onlyNextDoor },
    { name: 'segments fit the links', tell: clampedSegments },
    { name: 'a FORWARD policy that drops', tell: droppingPolicy },
    { name: 'another program on port 179', tell: takenPort },
    { name: 'other tables stay', tell: otherTables },
  ],
};
