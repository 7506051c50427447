// What `meshoverctl status` prints.
import { GetControllerResponse } from '../proto/gen/meshover/v1/administration.ts';
import type { Output } from './flags.ts';
import { tableOf } from './table.ts';

export const printController = (answer: GetControllerResponse, output: Output): string => {
  if (output === 'json') {
    return `${JSON.stringify(GetControllerResponse.toJSON(answer), undefined, 2)}\n`;
  }
  const { revision, settings } = answer;
  return tableOf([
    ['version', answer.version],
    ['started', new Date(Number(answer.startedAtSeconds) * 1000).toISOString()],
    ['register', revision?.registerId ?? ''],
    ['revision', `epoch ${revision?.epoch ?? 0n}, number ${revision?.number ?? 0n}`],
    ['nodes', `${answer.nodes}, ${answer.connected} connected`],
    ['admission', answer.open ? 'open: every node that asks' : 'known nodes only'],
    ['tunnel pools', settings?.tunnelPools.join(' ') ?? ''],
    ['node pools', settings?.nodePools.join(' ') ?? ''],
  ]);
};
