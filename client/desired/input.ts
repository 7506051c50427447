// What every row of desired is given.
import type { Secret } from '../../shared/log/secret.ts';
import type { WireGuardKey } from '../../shared/address/key.ts';
import type { View } from '../../shared/mesh/view.ts';
import type { AgentConfig, Component } from '../config.ts';
import type { Facts } from './facts.ts';

export interface DesiredInput {
  readonly view: View;
  readonly config: AgentConfig;
  readonly facts: Facts;
  readonly wireguardKey: { readonly private: Secret; readonly public: WireGuardKey };
}

export const isEnabled = (config: AgentConfig, component: Component): boolean =>
  !config.disabled.includes(component);

/** Order of names and other plain text, the same in every locale. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
