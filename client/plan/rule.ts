// The rules row: the band holds exactly the desired rules.
import type { Rule } from '../desired/desired.ts';
import type { ObservedRule } from '../observe/observed.ts';
import { makeStep } from './make-step.ts';
import { isOurRule } from './ours.ts';
import type { RuleStep } from './step.ts';

export interface RulePlan {
  readonly adding: readonly RuleStep[];
  readonly removing: readonly RuleStep[];
}

export const planRules = (
  desired: readonly Rule[],
  observed: readonly ObservedRule[],
): RulePlan => {
  const wanted = new Set(desired.map(ruleKey));
  const existing = new Set(observed.filter(({ foreign }) => !foreign).map(ruleKey));
  return {
    adding: desired.filter((rule) => !existing.has(ruleKey(rule))).map(addStep),
    removing: unique(
      observed.filter((rule) => isOurRule(rule) && !rule.foreign && !wanted.has(ruleKey(rule))),
    ).map(removeStep),
  };
};

const unique = (rules: readonly ObservedRule[]): readonly ObservedRule[] => [
  ...new Map(rules.map((rule) => [ruleKey(rule), rule])).values(),
];

/** All of a rule, in the words of ip-rule(8). */
export const ruleKey = ({ family, priority, from, fwmark, action }: Rule): string =>
  [
    `IPv${String(family)} ${String(priority)}:`,
    `from ${from ?? 'all'}`,
    ...(fwmark === undefined ? [] : [`fwmark 0x${fwmark.toString(16)}`]),
    actionText(action),
  ].join(' ');

const actionText = (action: Rule['action']): string => {
  switch (action.kind) {
    case 'goto':
      return `goto ${String(action.priority)}`;
    case 'nop':
      return 'nop';
    case 'lookup':
      return action.suppressPrefixLength === undefined
        ? `lookup ${String(action.table)}`
        : `lookup ${String(action.table)} suppress_prefixlength ${String(action.suppressPrefixLength)}`;
  }
};

const addStep = (rule: Rule): RuleStep =>
  makeStep<RuleStep>({
    resource: 'rule',
    verb: 'add',
    key: ruleKey(rule),
    old: undefined,
    new: rule,
    reason: 'gathering needs it',
  });

const removeStep = (rule: Rule): RuleStep =>
  makeStep<RuleStep>({
    resource: 'rule',
    verb: 'remove',
    key: ruleKey(rule),
    old: rule,
    new: undefined,
    reason: 'gathering does not need it any more',
  });
