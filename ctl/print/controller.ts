// What `meshoverctl status` and `whoami` print.
import { GetControllerResponse } from '../../proto/gen/meshover/v1/administration.ts';
import type { RegisterKey } from '../../shared/address/key.ts';
import { registerFingerprint } from '../../shared/trust/fingerprint.ts';
import type { Output } from '../command.ts';
import { jsonOf } from './json.ts';
import { tableOf } from './table.ts';

export const printController = (answer: GetControllerResponse, output: Output): string => {
  if (output === 'json') return jsonOf(GetControllerResponse.toJSON(answer));
  const { revision, settings } = answer;
  return tableOf([
    ['version', answer.version],
    ['started', new Date(Number(answer.startedAtSeconds) * 1000).toISOString()],
    ['register', revision?.registerId ?? ''],
    ['revision', `epoch ${revision?.epoch ?? 0n}, number ${revision?.number ?? 0n}`],
    ['nodes', `${answer.nodes}, ${answer.connected} connected, ${answer.pending} waiting`],
    ['admission', answer.open ? 'open: every node that asks' : 'by join token or approval'],
    ['tunnel pools', settings?.tunnelPools.join(' ') ?? ''],
    ['node pools', settings?.nodePools.join(' ') ?? ''],
  ]);
};

export interface Caller {
  readonly administrator: string;
  readonly role: string;
  readonly server: string;
  readonly registerKey: RegisterKey;
}

export const printCaller = (caller: Caller, output: Output): string => {
  const fingerprint = registerFingerprint(caller.registerKey);
  return output === 'json'
    ? jsonOf({ ...caller, fingerprint })
    : tableOf([
        ['administrator', caller.administrator],
        ['role', caller.role],
        ['controller', caller.server],
        ['fingerprint', fingerprint],
      ]);
};
