// Bytes as they arrive → the next whole message among them.
import { headerOf } from './decode-pdu.ts';
import { headerLength } from './pdu.ts';

/** The longest that a router has to say is an Error Report, which quotes one of our messages. */
export const longestMessage = 1024;

export type Frame =
  | { readonly kind: 'message'; readonly message: Uint8Array; readonly rest: Uint8Array }
  | { readonly kind: 'incomplete' }
  /** A header with an impossible length: nothing after it can be read. */
  | { readonly kind: 'broken'; readonly header: Uint8Array };

export const frameFrom = (bytes: Uint8Array): Frame => {
  const header = headerOf(bytes);
  if (header === undefined) return { kind: 'incomplete' };
  const { length } = header;
  if (length < headerLength || length > longestMessage) {
    return { kind: 'broken', header: bytes.slice(0, headerLength) };
  }
  return bytes.length < length
    ? { kind: 'incomplete' }
    : { kind: 'message', message: bytes.slice(0, length), rest: bytes.subarray(length) };
};
