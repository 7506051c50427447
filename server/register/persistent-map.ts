// An immutable map whose writes share all but a few nodes with the map before (hash array mapped trie).

/**
 * Text keys only. Equal contents make equal tries, whatever came and went before.
 * Values come out in the order of hashes: sort what leaves the room.
 */
export interface PersistentMap<V> {
  readonly size: number;
  readonly root: Branch<V>;
}

/** Five bits of the hash choose a slot; a write copies one branch of 32 slots a level. */
const bitsALevel = 5;
const slots = 1 << bitsALevel;

type Branch<V> = readonly (Slot<V> | undefined)[];
type Slot<V> =
  | { readonly kind: 'branch'; readonly branch: Branch<V> }
  | { readonly kind: 'leaf'; readonly hash: number; readonly entries: readonly Entry<V>[] };
type Entry<V> = readonly [key: string, value: V];
type Leaf<V> = Extract<Slot<V>, { kind: 'leaf' }>;

export const emptyMap = <V>(): PersistentMap<V> => ({ size: 0, root: emptyBranch });

export const lookUp = <V>(map: PersistentMap<V>, key: string): V | undefined => {
  const hash = hashOf(key);
  let branch = map.root;
  for (let shift = 0; ; shift += bitsALevel) {
    const slot = branch[(hash >>> shift) & (slots - 1)];
    if (slot === undefined) return undefined;
    if (slot.kind === 'leaf') return slot.entries.find(([known]) => known === key)?.[1];
    branch = slot.branch;
  }
};

export const withEntry = <V>(map: PersistentMap<V>, key: string, value: V): PersistentMap<V> => {
  const leaf: Leaf<V> = { kind: 'leaf', hash: hashOf(key), entries: [[key, value]] };
  const size = map.size + (lookUp(map, key) === undefined ? 1 : 0);
  return { size, root: withLeaf(map.root, leaf, 0) };
};

export const withoutEntry = <V>(map: PersistentMap<V>, key: string): PersistentMap<V> =>
  lookUp(map, key) === undefined ? map : { size: map.size - 1, root: withoutKey(map.root, key, 0) };

export const valuesOf = <V>(map: PersistentMap<V>): V[] => {
  const values: V[] = [];
  const gather = (branch: Branch<V>): void => {
    for (const slot of branch) {
      if (slot?.kind === 'branch') gather(slot.branch);
      else if (slot !== undefined) for (const [, value] of slot.entries) values.push(value);
    }
  };
  gather(map.root);
  return values;
};

const emptyBranch: Branch<never> = Array<undefined>(slots).fill(undefined);

const withLeaf = <V>(branch: Branch<V>, leaf: Leaf<V>, shift: number): Branch<V> => {
  const at = (leaf.hash >>> shift) & (slots - 1);
  return branch.with(at, joined(branch[at], leaf, shift + bitsALevel));
};

/** What stands in a slot once `leaf` is in it too. */
const joined = <V>(slot: Slot<V> | undefined, leaf: Leaf<V>, shift: number): Slot<V> => {
  if (slot === undefined) return leaf;
  if (slot.kind === 'branch') {
    return { kind: 'branch', branch: withLeaf(slot.branch, leaf, shift) };
  }
  if (slot.hash === leaf.hash) {
    const keys = leaf.entries.map(([key]) => key);
    const others = slot.entries.filter(([key]) => !keys.includes(key));
    const entries = [...others, ...leaf.entries].sort(([a], [b]) => (a < b ? -1 : 1));
    return { ...leaf, entries };
  }
  return {
    kind: 'branch',
    branch: withLeaf(withLeaf<V>(emptyBranch, slot, shift), leaf, shift),
  };
};

const withoutKey = <V>(branch: Branch<V>, key: string, shift: number): Branch<V> => {
  const at = (hashOf(key) >>> shift) & (slots - 1);
  const slot = branch[at];
  if (slot === undefined) return branch;
  if (slot.kind === 'branch') {
    const rest = withoutKey(slot.branch, key, shift + bitsALevel);
    return branch.with(at, onlyLeafOf(rest) ?? { kind: 'branch', branch: rest });
  }
  const entries = slot.entries.filter(([known]) => known !== key);
  return branch.with(at, entries.length === 0 ? undefined : { ...slot, entries });
};

/** A branch with one leaf and nothing else becomes that leaf, as if nothing else had ever been there. */
const onlyLeafOf = <V>(branch: Branch<V>): Leaf<V> | undefined => {
  const [only, ...others] = branch.filter((slot) => slot !== undefined);
  return only?.kind === 'leaf' && others.length === 0 ? only : undefined;
};

/** FNV-1a, with a last mix so that the low bits differ too. */
const hashOf = (key: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) {
    hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
};
