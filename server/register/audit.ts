// The audit log's events: what was changed, by whom; made with the change and kept in the same write.
import type { Act } from './act.ts';
import type { Changed } from './change.ts';
import type { AuditEvent, AuditWhat } from './record.ts';
import type { RegisteredNode } from './register.ts';
import { headWrite } from './row.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Fact {
  readonly what: AuditWhat;
  readonly subject: string;
  readonly old?: Fields | undefined;
  readonly new?: Fields | undefined;
}

/** The change with the word of it. */
export const withEvent = <C extends Changed>(changed: C, act: Act, fact: Fact): C => {
  const register = { ...changed.register, lastEvent: changed.register.lastEvent + 1n };
  const event: AuditEvent = {
    number: register.lastEvent,
    atMs: act.atMs,
    who: act.who,
    what: fact.what,
    subject: fact.subject,
    old: fact.old === undefined ? '' : JSON.stringify(fact.old),
    new: fact.new === undefined ? '' : JSON.stringify(fact.new),
    revision: register.revision,
  };
  const { change } = changed;
  const writes = [...change.writes, headWrite(register)];
  return { ...changed, register, change: { ...change, writes, events: [...change.events, event] } };
};

/** What an operator wants to read of a node. */
export const describedNode = (node: Omit<RegisteredNode, 'changedAt'>): Fields => ({
  asn: node.asn,
  nodeAddresses: [node.nodeAddress6, node.nodeAddress4],
  tunnelAddresses: [node.tunnelAddress6, node.tunnelAddress4],
  identityKey: node.identityKey,
  wireguardKey: node.wireguardKey,
  endpoints: node.endpoints,
  linkDriver: node.linkDriver,
  advertise: node.asked.advertise,
  gathering: node.asked.gathering.map(({ prefix, preference }) => `${prefix}@${preference}`),
  authorisedAdvertise: node.authorised.advertise,
  authorisedGathering: node.authorised.gathering,
  tags: node.tags,
});

/** Only the fields that differ. */
export const differenceOf = (
  old: Fields,
  next: Fields,
): { readonly old: Fields; readonly new: Fields } | undefined => {
  const changed = Object.keys(next).filter(
    (field) => JSON.stringify(old[field]) !== JSON.stringify(next[field]),
  );
  if (changed.length === 0) return undefined;
  const only = (fields: Fields): Fields =>
    Object.fromEntries(changed.map((field) => [field, fields[field]]));
  return { old: only(old), new: only(next) };
};
