// What on a host is ours, and may be changed or deleted; everything else is never touched.
import { linkGroup, namePrefix, routeProtocol, ruleBand } from '../desired/names.ts';
import type { Observed, ObservedLink, ObservedRoute, ObservedRule } from '../observe/observed.ts';

/** Name and group: either alone may be somebody's. */
export const isOurLink = ({ name, group }: ObservedLink): boolean =>
  name.startsWith(namePrefix) && group === linkGroup;

export const ourLinkNames = ({ links }: Pick<Observed, 'links'>): ReadonlySet<string> =>
  new Set(links.filter(isOurLink).map(({ name }) => name));

export const isOurRule = ({ priority, protocol }: ObservedRule): boolean =>
  priority >= ruleBand.mark && priority <= ruleBand.end && protocol === routeProtocol;

export const isOurRoute = ({ protocol }: ObservedRoute): boolean => protocol === routeProtocol;
