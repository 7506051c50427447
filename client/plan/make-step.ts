// Makes a step with its id; rows add what they know.
import type { Step } from './step.ts';

type Draft<S extends Step> = Omit<S, 'id' | 'needs'> & { readonly needs?: readonly string[] };

export const stepId = (step: Pick<Step, 'resource' | 'key' | 'verb'>): string =>
  `${step.resource}/${step.key}/${step.verb}`;

export const makeStep = <S extends Step>(draft: Draft<S>): S =>
  ({ needs: [], ...draft, id: stepId(draft) }) as unknown as S;
