// Join tokens as the register keeps them: made, taken back, used up.
import type { Hostname } from '../../shared/address/hostname.ts';
import { accepted, refused, type Outcome } from '../../shared/outcome/refusal.ts';
import type { Act } from './act.ts';
import { complaintOfGrants } from './announcement.ts';
import { withEvent } from './audit.ts';
import { noChange, type Changed } from './change.ts';
import { lookUp, withEntry, withoutEntry } from './persistent-map.ts';
import type { JoinToken } from './record.ts';
import { tokensOf, type Register } from './register.ts';
import { recordWrite } from './row.ts';

/** Its row is written anew with every node that joins. */
const mostUses = 10_000;
const mostTokens = 10_000;
const longestLifeMs = 366 * 24 * 3600 * 1000;

type TokenState = 'usable' | 'used' | 'expired' | 'revoked';

export const stateOf = (token: JoinToken, nowMs: number): TokenState => {
  if (token.revoked) return 'revoked';
  if (token.nodes.length >= token.uses) return 'used';
  return nowMs >= token.expiresAtMs ? 'expired' : 'usable';
};

export type TokenWish = Omit<JoinToken, 'createdAtMs' | 'createdBy' | 'revoked' | 'nodes'>;

export interface TokenMade extends Changed {
  readonly token: JoinToken;
}

/** The id is drawn by the caller. */
export const createToken = (register: Register, wish: TokenWish, act: Act): Outcome<TokenMade> => {
  const complaint = complaintOf(register, wish, act);
  if (complaint !== undefined) return refused('malformed', complaint);
  const token: JoinToken = {
    ...wish,
    tags: [...new Set(wish.tags)].sort(),
    ...{ createdAtMs: act.atMs, createdBy: act.who, revoked: false, nodes: [] },
  };
  const fact = { what: 'token-created', subject: token.id, new: describedToken(token) } as const;
  return accepted(withEvent({ ...withoutOld(withToken(register, token), act), token }, act, fact));
};

const complaintOf = (register: Register, wish: TokenWish, act: Act): string | undefined => {
  if (!Number.isInteger(wish.uses) || wish.uses < 1 || wish.uses > mostUses) {
    return `a token may be used 1 to ${mostUses} times, not ${wish.uses}`;
  }
  const lifeMs = wish.expiresAtMs - act.atMs;
  if (lifeMs <= 0 || lifeMs > longestLifeMs) return 'a token lives one second to 366 days';
  if (register.tokens.size >= mostTokens) {
    return `there are ${mostTokens} tokens already; wait until old ones are forgotten, 30 days after they expired`;
  }
  if (!/^[a-z0-9.*?-]{0,253}$/.test(wish.pattern)) {
    return `the hostname pattern "${wish.pattern.slice(0, 80)}" may hold lower-case letters, digits, ".", "-", "*" and "?"`;
  }
  return complaintOfLabels(wish) ?? complaintOfGrants(wish.grants, register.settings);
};

const complaintOfLabels = ({ label, tags }: TokenWish): string | undefined => {
  if (label.length > 200) return 'the label is longer than 200 characters';
  return complaintOfTags(tags);
};

export const complaintOfTags = (tags: readonly string[]): string | undefined => {
  if (tags.length > 32) return `${tags.length} tags are given; 32 are allowed`;
  const bad = tags.find((tag) => !/^[A-Za-z0-9][A-Za-z0-9._:=/-]{0,62}$/.test(tag));
  return bad === undefined
    ? undefined
    : `the tag "${bad.slice(0, 80)}" must be 1 to 63 letters, digits, ".", "_", ":", "=", "/" or "-", a letter or digit first`;
};

export const revokeToken = (register: Register, id: string, act: Act): Outcome<Changed> => {
  const token = lookUp(register.tokens, id);
  if (token === undefined) {
    return refused('unknown-token', `there is no token "${id}"; meshoverctl token list shows all`);
  }
  if (token.revoked) return accepted({ register, change: noChange });
  const fact = { what: 'token-revoked', subject: id, old: describedToken(token) } as const;
  return accepted(withEvent(withToken(register, { ...token, revoked: true }), act, fact));
};

const anew = 'ask an operator for a new one (meshoverctl token create)';

export const unknownToken = refused(
  'token-invalid',
  `the controller does not know this join token; ${anew}`,
);

/** Whether this node may use it now. */
export const complaintOfUse = (
  token: JoinToken,
  name: Hostname,
  nowMs: number,
): ReturnType<typeof refused> | undefined => {
  switch (stateOf(token, nowMs)) {
    case 'revoked':
      return refused('token-revoked', `the join token was taken back by an operator; ${anew}`);
    case 'used':
      return refused(
        'token-used',
        `the join token is used up (${token.uses} of ${token.uses}); ${anew}`,
      );
    case 'expired':
      return refused('token-expired', `the join token's time is over; ${anew}`);
    case 'usable':
      return matches(token.pattern, name)
        ? undefined
        : refused(
            'token-invalid',
            `the join token is for hostnames like "${token.pattern}", not for "${name}"; ${anew}`,
          );
  }
};

/** One use more, by this node. */
export const withUse = <C extends Changed>(changed: C, id: string, name: Hostname): C => {
  const token = lookUp(changed.register.tokens, id);
  if (token === undefined) return changed;
  const used = withToken(changed.register, { ...token, nodes: [...token.nodes, name] });
  const writes = [...changed.change.writes, ...used.change.writes];
  return { ...changed, register: used.register, change: { ...changed.change, writes } };
};

const keptAfterMs = 30 * 24 * 3600 * 1000;

/** Forgets what expired long ago. */
const withoutOld = ({ register, change }: Changed, { atMs }: Act): Changed => {
  const old = tokensOf(register).filter(({ expiresAtMs }) => atMs - expiresAtMs > keptAfterMs);
  const tokens = old.reduce((left, { id }) => withoutEntry(left, id), register.tokens);
  const writes = [...change.writes, ...old.map(({ id }) => recordWrite('token', id, undefined))];
  return { register: { ...register, tokens }, change: { ...change, writes } };
};

const withToken = (register: Register, token: JoinToken): Changed => ({
  register: { ...register, tokens: withEntry(register.tokens, token.id, token) },
  change: { ...noChange, writes: [recordWrite('token', token.id, token)] },
});

const describedToken = (token: JoinToken): Readonly<Record<string, unknown>> => ({
  label: token.label,
  uses: token.uses,
  expires: new Date(token.expiresAtMs).toISOString(),
  pattern: token.pattern,
  tags: token.tags,
  advertise: token.grants.advertise,
  gathering: token.grants.gathering,
});

/** "*" is any run of characters, "?" is one. No pattern can make it slow: it keeps the places that it may have reached. */
const matches = (pattern: string, name: string): boolean => {
  if (pattern === '') return true;
  let reachable: readonly number[] = [0];
  for (const sign of pattern) {
    reachable = [...new Set(reachable.flatMap((at) => after(sign, name, at)))];
  }
  return reachable.includes(name.length);
};

/** Where one sign of the pattern leads to from `at`. */
const after = (sign: string, name: string, at: number): readonly number[] => {
  if (sign === '*') return Array.from({ length: name.length - at + 1 }, (_, more) => at + more);
  return at < name.length && (sign === '?' || sign === name[at]) ? [at + 1] : [];
};
