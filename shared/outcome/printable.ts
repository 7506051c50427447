// Text from strangers as it may stand in a log, a terminal or a gRPC status.

/** Longer than any sentence of ours. */
const longest = 1_500;

/**
 * One line: control and formatting characters (which forge log lines and drive terminals) and halves
 * of surrogate pairs (which no UTF-8 holds, and grpc-js throws on) are shown by their number.
 */
export const printable = (text: string): string => {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, escaped);
};

const escaped = (character: string): string =>
  `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
