// One element of a plan: a resource, its old and new value, why, and what it needs.
import type {
  Firewall,
  Frr,
  InterfaceAddress,
  Link,
  Route,
  Rule,
  Sysctl,
  WireGuardDevice,
  WireGuardPeer,
} from '../desired/desired.ts';

export type Verb = 'add' | 'change' | 'remove';

interface StepOf<Resource extends string, Value> {
  readonly resource: Resource;
  readonly verb: Verb;
  /** Identity of the resource among its kind, for people too: "mo-web1k3x9q2ab". */
  readonly key: string;
  /** `resource/key/verb`, unique in a plan. */
  readonly id: string;
  readonly old: Value | undefined;
  readonly new: Value | undefined;
  /** One clause in plain words: "peer web1 joined", "mtu is 1500, wanted 1376". */
  readonly reason: string;
  /** Ids of steps of this plan: when one of them fails, this step is skipped. */
  readonly needs: readonly string[];
}

export type SysctlStep = StepOf<'sysctl', Sysctl>;
export type LinkStep = StepOf<'link', Link>;
export type AddressStep = StepOf<'address', InterfaceAddress>;
/** Port, mark and private key of the device. */
export type WireGuardStep = StepOf<'wireguard', Omit<WireGuardDevice, 'peers'>>;
export type WireGuardPeerStep = StepOf<
  'wireguard-peer',
  WireGuardPeer & { readonly interface: string }
>;
export type RuleStep = StepOf<'rule', Rule>;
export type RouteStep = StepOf<'route', Route>;
/** The whole table at once. */
export type FirewallStep = StepOf<'firewall', Firewall>;
/**
 * FRR. Keys: "configuration" (files and reload), "container" (create, replace, start), and
 * "neighbours" (take the neighbours of links that are about to be remade out of the running FRR).
 */
export type FrrStep = StepOf<'frr', Frr> & { readonly detach?: readonly string[] };

export type Step =
  | SysctlStep
  | LinkStep
  | AddressStep
  | WireGuardStep
  | WireGuardPeerStep
  | RuleStep
  | RouteStep
  | FirewallStep
  | FrrStep;

export type Plan = readonly Step[];

/** What came of a step. */
export type StepOutcome =
  | { readonly step: Step; readonly result: 'done' }
  | { readonly step: Step; readonly result: 'failed'; readonly error: string }
  | { readonly step: Step; readonly result: 'skipped'; readonly because: string };
