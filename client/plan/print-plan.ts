// A plan in plain words, a line a step.
import type { Plan, Step } from './step.ts';

export const printPlan = (plan: Plan): string =>
  plan.length === 0
    ? 'nothing to do\n'
    : `${plan.map(printStep).join('\n')}\n${String(plan.length)} steps\n`;

export const printStep = (step: Step): string =>
  `${signs[step.verb]} ${step.resource} ${step.key}: ${step.reason}`;

const signs = { add: '+', change: '~', remove: '-' } as const;
