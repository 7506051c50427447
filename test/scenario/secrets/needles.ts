// The forms in which a secret could lie about: raw, hex, base64 at any alignment; pieces of it count too.
export interface Secret {
  readonly name: string;
  /** The secret itself; of a private key its raw bytes. */
  readonly bytes: Buffer;
  /** Files that may hold it. */
  readonly homes: readonly string[];
}

export interface Needle {
  readonly secret: string;
  /** One character a byte. */
  readonly text: string;
}

const textWindow = 16;
const rawWindow = 12;

/** Pieces side by side, so that a line break or a cut spoils only one of them. */
const pieces = (text: string, length: number): readonly string[] =>
  Array.from({ length: Math.floor(text.length / length) }, (_, index) =>
    text.slice(index * length, (index + 1) * length),
  );

/** Without the characters at both ends that depend on what stands beside it. */
const base64At = (bytes: Buffer, alignment: number, encoding: 'base64' | 'base64url'): string => {
  const shifted = Buffer.concat([Buffer.alloc(alignment), bytes]).toString(encoding);
  const whole = Math.floor((8 * (alignment + bytes.length)) / 6);
  return shifted.slice(Math.ceil((8 * alignment) / 6), whole);
};

const encodedForms = (bytes: Buffer): readonly string[] => [
  bytes.toString('hex'),
  bytes.toString('hex').toUpperCase(),
  ...[0, 1, 2].flatMap((alignment) => [
    base64At(bytes, alignment, 'base64'),
    base64At(bytes, alignment, 'base64url'),
  ]),
];

export const needlesFor = ({ name, bytes }: Secret): readonly Needle[] => {
  const texts = new Set([
    ...pieces(bytes.toString('latin1'), rawWindow),
    ...encodedForms(bytes).flatMap((form) => pieces(form, textWindow)),
  ]);
  return [...texts].map((text) => ({ secret: name, text }));
};
