// Reads Prometheus' text format: what agents and the controller say about themselves, at no cost for them.

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const labelsFrom = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Array.from(
      text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g),
      ([, name = '', value = '']) => [name, value],
    ),
  );

export const samplesFrom = (text: string): readonly Sample[] =>
  text.split('\n').flatMap((line) => {
    const found = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
    if (found === null) return [];
    const [, name = '', labels = '', value = ''] = found;
    return [{ name, labels: labelsFrom(labels), value: Number(value) }];
  });

/** Fetched from the lab itself, which has an address on the underlay. */
export const fetchMetrics = async (url: string): Promise<readonly Sample[]> => {
  const answer = await fetch(url, { signal: AbortSignal.timeout(20_000) });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return samplesFrom(await answer.text());
};
