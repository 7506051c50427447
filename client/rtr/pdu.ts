// The messages of RTR, the RPKI to router protocol (RFC 6810 is version 0, RFC 8210 version 1).
import type { Prefix } from '../../shared/address/prefix.ts';

export const rtrVersions = [0, 1] as const;
export type RtrVersion = (typeof rtrVersions)[number];

/** A validated payload: that ASN may announce the prefix, and longer ones up to `maxLength` bits. */
export interface Vrp {
  readonly prefix: Prefix;
  readonly maxLength: number;
  /** 0 is nobody: what it covers and no other payload allows is invalid (RFC 6483 section 4). */
  readonly asn: number;
}

/** RFC 8210 section 12. */
export const errorCodes = {
  'corrupt-data': 0,
  'internal-error': 1,
  'no-data-available': 2,
  'invalid-request': 3,
  'unsupported-protocol-version': 4,
  'unsupported-pdu-type': 5,
  'withdrawal-of-unknown-record': 6,
  'duplicate-announcement-received': 7,
  'unexpected-protocol-version': 8,
} as const;
export type ErrorCode = keyof typeof errorCodes;

/** Seconds, within the limits of RFC 8210 section 6. */
export interface Intervals {
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
}

export interface ErrorReport {
  readonly kind: 'error-report';
  readonly code: number;
  /** The message that was wrong, as it came. */
  readonly about: Uint8Array;
  readonly text: string;
}

/** What both versions share; the version goes beside the message. */
export type Pdu =
  | { readonly kind: 'serial-notify'; readonly sessionId: number; readonly serial: number }
  | { readonly kind: 'serial-query'; readonly sessionId: number; readonly serial: number }
  | { readonly kind: 'reset-query' }
  | { readonly kind: 'cache-response'; readonly sessionId: number }
  | { readonly kind: 'prefix'; readonly announces: boolean; readonly vrp: Vrp }
  | {
      readonly kind: 'end-of-data';
      readonly sessionId: number;
      readonly serial: number;
      /** Undefined in version 0, which has none. */
      readonly intervals: Intervals | undefined;
    }
  | { readonly kind: 'cache-reset' }
  | {
      readonly kind: 'router-key';
      readonly announces: boolean;
      readonly subjectKeyId: Uint8Array;
      readonly asn: number;
      readonly publicKey: Uint8Array;
    }
  | ErrorReport;

export const headerLength = 8;

/** RFC 8210 section 5; 5 was never given away. */
export const pduTypes = {
  'serial-notify': 0,
  'serial-query': 1,
  'reset-query': 2,
  'cache-response': 3,
  prefix4: 4,
  prefix6: 6,
  'end-of-data': 7,
  'cache-reset': 8,
  'router-key': 9,
  'error-report': 10,
} as const;

export const subjectKeyIdLength = 20;
