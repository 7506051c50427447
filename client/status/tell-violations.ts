// Names in the log who announces what it may not, when it begins and when it ends.
import type { Log } from '../../shared/log/log.ts';
import type { NodeStatus } from '../../shared/mesh/status.ts';

export const tellViolations = (
  log: Log,
  before: NodeStatus | undefined,
  now: Pick<NodeStatus, 'links'>,
): void => {
  const counts = new Map(before?.links.map((link) => [link.peer, link.refusedPrefixes]));
  for (const { peer, refusedPrefixes, violations } of now.links) {
    if (refusedPrefixes === (counts.get(peer) ?? 0)) continue;
    if (refusedPrefixes === 0) log.info('this peer announces only what it may, again', { peer });
    else
      log.warn('a peer announces what it may not; it is refused', {
        peer,
        count: refusedPrefixes,
        reason: violations
          .map(({ prefix, path }) => (path === '' ? prefix : `${prefix} by AS path ${path}`))
          .join(', '),
      });
  }
};
