// Looks for many needles in much hay at once: by their first three bytes, then by all of them.
import type { Needle } from './needles.ts';

export interface Hay {
  readonly place: string;
  readonly bytes: Buffer;
}

export interface Found {
  readonly secret: string;
  readonly place: string;
}

interface Pattern {
  readonly secret: string;
  readonly bytes: Buffer;
}

const firstThree = (bytes: Buffer, at: number): number =>
  ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);

export const searcherFor = (needles: readonly Needle[]): ((hay: Hay) => readonly Found[]) => {
  const begins = new Uint8Array(1 << 24);
  const patterns = new Map<number, Pattern[]>();
  for (const { secret, text } of needles) {
    const bytes = Buffer.from(text, 'latin1');
    const first = firstThree(bytes, 0);
    begins[first] = 1;
    patterns.set(first, [...(patterns.get(first) ?? []), { secret, bytes }]);
  }
  return ({ place, bytes }) => {
    const secrets = new Set<string>();
    for (let at = 0; at < bytes.length - 2; at += 1) {
      const first = firstThree(bytes, at);
      if (begins[first] === 0) continue;
      for (const pattern of patterns.get(first) ?? [])
        if (bytes.subarray(at, at + pattern.bytes.length).equals(pattern.bytes))
          secrets.add(pattern.secret);
    }
    return [...secrets].map((secret) => ({ secret, place }));
  };
};

const jwt = /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/;
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** Whosever they are: proofs of calls live for a minute and nobody here has seen them. */
export const looksSecret = ({ place, bytes }: Hay): readonly Found[] => {
  const text = bytes.toString('latin1');
  return [
    ...(jwt.test(text) ? [{ secret: 'some JWT', place }] : []),
    ...(privateKey.test(text) ? [{ secret: 'some private key', place }] : []),
  ];
};
