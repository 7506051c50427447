// The shape of a scenario: a topology, and stories told on the mesh that stands on it.
import type { Claims } from './claims.ts';
import type { Mesh } from './mesh.ts';
import type { Topology } from './topology.ts';

export interface Story {
  readonly name: string;
  /** States its claims; a fault breaks the story and leaves artefacts. */
  readonly tell: (mesh: Mesh, claims: Claims) => Promise<void>;
}

export interface Scenario {
  readonly title: string;
  readonly topology: Topology;
  /** After which a guest that has not finished is given up; 5 unless given. */
  readonly minutes?: number;
  readonly stories: readonly Story[];
}
