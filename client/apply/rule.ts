// The rules row: iproute2 lines that add or delete a policy rule.
import type { Rule } from '../desired/desired.ts';
import { routeProtocol } from '../desired/names.ts';
import type { RuleStep } from '../plan/step.ts';

export const ruleLines = ({ old, new: wanted }: RuleStep): readonly string[] => [
  ...(wanted === undefined ? [] : [`rule add ${words(wanted)} protocol ${String(routeProtocol)}`]),
  ...(old === undefined ? [] : [`rule del ${words(old)} protocol ${String(routeProtocol)}`]),
];

const words = ({ priority, from, fwmark, action }: Rule): string =>
  [
    `priority ${String(priority)} from ${from ?? 'all'}`,
    ...(fwmark === undefined ? [] : [`fwmark 0x${fwmark.toString(16)}`]),
    actionWords(action),
  ].join(' ');

const actionWords = (action: Rule['action']): string => {
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
