// What runs in FRR and what shall run → the commands between them.

export interface FrrDelta {
  /** Nothing has to be taken away but lines that stand alone. */
  readonly additive: boolean;
  /** For `vtysh -f`; empty when nothing differs. */
  readonly script: string;
}

/** A command and the commands that open the contexts around it, outermost first. */
interface Line {
  readonly context: readonly string[];
  readonly text: string;
}

/** `running` is one text per daemon. */
export const deltaFrom = (running: readonly string[], wanted: string): FrrDelta => {
  const have = unique(running.flatMap(linesOf));
  const want = unique(linesOf(wanted));
  const wantKeys = new Set(want.map(keyOf));
  const missing = have.filter((line) => !wantKeys.has(keyOf(line)));
  const gone = new Set(missing.flatMap(neighbourThatGoes));
  const removed = [...withoutImplied(missing, gone)].reverse();
  const kept = new Set(have.filter((line) => !gone.has(neighbourOf(line))).map(keyOf));
  const added = want.filter((line) => !kept.has(keyOf(line)));
  return {
    additive: missing.every(standsAlone),
    script: scriptOf([...removed.map(negated), ...added]),
  };
};

/**
 * The running configuration without what the system, not the file, decides. In one order: which daemon tells a
 * shared line first changes while FRR starts.
 */
export const settledText = (running: readonly string[]): string =>
  unique(running.flatMap(linesOf)).map(keyOf).sort().join('\n');

const opener =
  /^(router |route-map |interface |vrf |bfd$|rpki|line |segment-routing|nexthop-group |key chain )/;
const innerOpener = /^(address-family |profile |peer |vni )/;
const closer = /^(exit|exit-[a-z-]+|end)$/;

/** Not from the file: the version, the host's name, forwarding (ours to set by sysctl). */
const noise =
  /^(frr version |frr defaults |hostname |service integrated-vtysh-config$|(no )?ip(v6)? forwarding$)/;

const linesOf = (text: string): readonly Line[] => {
  const lines: Line[] = [];
  let context: readonly string[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trim().replace(/\s+/g, ' ');
    if (line === '' || line.startsWith('!') || line.startsWith('#')) continue;
    if (closer.test(line)) {
      context = line === 'end' ? [] : context.slice(0, -1);
      continue;
    }
    const starts = opener.test(line) && !/^\s/.test(raw);
    if (starts) context = [];
    if (context.length === 0 && noise.test(line)) continue;
    lines.push({ context, text: line });
    if (starts || (context.length === 1 && innerOpener.test(line))) context = [...context, line];
  }
  return lines;
};

const keyOf = ({ context, text }: Line): string => [...context, text].join('\n');

/** An entry of a prefix-list can go and another take its number without any other line noticing. */
const standsAlone = ({ context, text }: Line): boolean =>
  context.length === 0 && /^ip(v6)? prefix-list \S+ seq /.test(text);

const unique = (lines: readonly Line[]): readonly Line[] => [
  ...new Map(lines.map((line) => [keyOf(line), line])).values(),
];

/** In `router bgp …`: whose line it is, as "router/neighbour". */
const neighbourOf = ({ context, text }: Line): string => {
  const name = /^(?:no )?neighbor (\S+) /.exec(text)?.[1];
  return name === undefined ? '' : `${context[0] ?? ''}/${name}`;
};

/** Without its interface or its ASN a neighbour is no longer the same one. */
const neighbourThatGoes = (line: Line): readonly string[] =>
  /^neighbor \S+ (interface|remote-as|peer-group$)/.test(line.text) ? [neighbourOf(line)] : [];

/** It goes by itself with its context or its neighbour; one line of the neighbour stands for all. */
const withoutImplied = (missing: readonly Line[], gone: ReadonlySet<string>): readonly Line[] => {
  const keys = new Set(missing.map(keyOf));
  const named = new Set<string>();
  return missing.filter((line) => {
    if (line.context.some((_, depth) => keys.has(line.context.slice(0, depth + 1).join('\n')))) {
      return false;
    }
    const owner = neighbourOf(line);
    if (!gone.has(owner)) return true;
    if (named.has(owner) || neighbourThatGoes(line).length === 0) return false;
    named.add(owner);
    return true;
  });
};

const negated = (line: Line): Line => {
  const name = neighbourThatGoes(line).length > 0 ? line.text.split(' ')[1] : undefined;
  if (name !== undefined) {
    const group = line.text.endsWith(' peer-group') ? ' peer-group' : '';
    return { context: line.context, text: `no neighbor ${name}${group}` };
  }
  return {
    context: line.context,
    text: line.text.startsWith('no ') ? line.text.slice(3) : `no ${line.text}`,
  };
};

const scriptOf = (lines: readonly Line[]): string => {
  const script: string[] = [];
  let open: readonly string[] = [];
  for (const { context, text } of lines) {
    const shared = sharedDepth(open, context);
    for (let depth = open.length; depth > shared; depth--) script.push(exitOf(open[depth - 1]));
    script.push(...context.slice(shared));
    script.push(text);
    open = startsContext(context, text) ? [...context, text] : context;
  }
  for (let depth = open.length; depth > 0; depth--) script.push(exitOf(open[depth - 1]));
  return script.length === 0 ? '' : `${script.join('\n')}\n`;
};

const startsContext = (context: readonly string[], text: string): boolean =>
  context.length === 0 ? opener.test(text) : context.length === 1 && innerOpener.test(text);

const exitOf = (context: string | undefined): string =>
  context?.startsWith('address-family ') === true ? 'exit-address-family' : 'exit';

const sharedDepth = (a: readonly string[], b: readonly string[]): number => {
  let depth = 0;
  while (depth < a.length && a[depth] === b[depth]) depth++;
  return depth;
};
