// What a router says → what the cache answers, or why it hangs up.
import { decodePdu, headerOf, type Wrong } from './decode-pdu.ts';
import { changeSince, type Ledger } from './ledger.ts';
import {
  errorCodes,
  pduTypes,
  type ErrorReport,
  type Intervals,
  type Pdu,
  type RtrVersion,
} from './pdu.ts';
import type { Vrps } from './vrps.ts';

export type Heard =
  | { readonly kind: 'answer'; readonly version: RtrVersion; readonly pdus: readonly Pdu[] }
  /** An Error Report, then the end (RFC 8210 section 5.11). */
  | { readonly kind: 'refuse'; readonly version: RtrVersion; readonly report: ErrorReport }
  /** The router reported an error; nobody answers that with another. */
  | { readonly kind: 'end'; readonly reason: string };

export interface Hearing {
  /** Undefined until the router's first word settles it (RFC 8210 section 7). */
  readonly version: RtrVersion | undefined;
  readonly ledger: Ledger;
  readonly intervals: Intervals;
}

/** `message` is one whole message, or a header that announces an impossible one. */
export const hear = (hearing: Hearing, message: Uint8Array): Heard => {
  if (headerOf(message)?.type === pduTypes['error-report'])
    return { kind: 'end', reason: told(message) };
  const decoded = decodePdu(message);
  if (!decoded.ok) return refusal(hearing, message, decoded.wrong);
  const { version, pdu } = decoded;
  if (hearing.version !== undefined && version !== hearing.version) {
    const text = `version ${version} in a session of version ${hearing.version}`;
    return refusal(hearing, message, { code: 'unexpected-protocol-version', text });
  }
  const pdus = answerTo(hearing, pdu);
  return pdus === undefined
    ? refusal(hearing, message, {
        code: 'invalid-request',
        text: `a cache is not sent ${pdu.kind}`,
      })
    : { kind: 'answer', version, pdus };
};

const answerTo = ({ ledger, intervals }: Hearing, pdu: Pdu): readonly Pdu[] | undefined => {
  const { sessionId, serial } = ledger;
  const response = (announced: Vrps, withdrawn: Vrps): readonly Pdu[] => [
    { kind: 'cache-response', sessionId },
    ...prefixes(announced, true),
    ...prefixes(withdrawn, false),
    { kind: 'end-of-data', sessionId, serial, intervals },
  ];
  if (pdu.kind === 'reset-query') return response(ledger.current, new Map());
  if (pdu.kind !== 'serial-query') return undefined;
  const change = pdu.sessionId === sessionId ? changeSince(ledger, pdu.serial) : undefined;
  return change === undefined
    ? [{ kind: 'cache-reset' }]
    : response(change.announced, change.withdrawn);
};

const prefixes = (vrps: Vrps, announces: boolean): readonly Pdu[] =>
  [...vrps.values()].map((vrp) => ({ kind: 'prefix', announces, vrp }));

/** Only so much of what was wrong is sent back. */
const mostQuoted = 64;

const refusal = ({ version = 1 }: Hearing, message: Uint8Array, { code, text }: Wrong): Heard => ({
  kind: 'refuse',
  version,
  report: {
    kind: 'error-report',
    code: errorCodes[code],
    about: message.slice(0, mostQuoted),
    text,
  },
});

const told = (message: Uint8Array): string => {
  const decoded = decodePdu(message);
  return decoded.ok && decoded.pdu.kind === 'error-report'
    ? `code ${decoded.pdu.code}: ${decoded.pdu.text}`
    : 'an error report that cannot be read';
};
