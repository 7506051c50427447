// The name that keys a node (RFC 1123, lower case).
import { isIP } from 'node:net';
import { malformed, parsed, type Parsed } from '../outcome/parsed.ts';

/** 1 to 253 characters: lower-case labels of letters, digits and inner hyphens, joined by dots. */
export type Hostname = string & { readonly __brand: 'Hostname' };

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export const parseHostname = (text: string): Parsed<Hostname> => {
  const lower = text.toLowerCase();
  if (text !== lower && isHostname(lower)) {
    return malformed(
      `hostname "${text}" has upper-case letters; names are lower case: use -hostname ${lower}`,
    );
  }
  return isHostname(text)
    ? parsed(text as Hostname)
    : malformed(
        `"${text.slice(0, 80)}" is not a hostname (letters a-z, digits and inner hyphens in labels ` +
          'of up to 63 characters joined by dots, 253 in all): choose one with -hostname',
      );
};

// RFC 1123 2.1: a host name never has dotted-decimal form, so that nobody takes it for an address.
const isHostname = (text: string): boolean =>
  text.length <= 253 && isIP(text) === 0 && text.split('.').every((part) => label.test(part));
