// The service by which nodes tell of their own state.
import { StatusService, type StatusServer } from '../../proto/gen/meshover/v1/status.ts';
import { accepted, refused } from '../../shared/outcome/refusal.ts';
import { nodeStatusFromWire } from '../../shared/wire/node-status.ts';
import { answer, selfOf } from './answer.ts';
import type { RpcGiven } from './given.ts';

export const statusServer = (given: RpcGiven): StatusServer => ({
  report: answer(given, {
    method: StatusService.report.path,
    handle: (request, caller) => {
      const self = selfOf(caller, request.name);
      if (!self.ok) return Promise.resolve(self);
      if (request.status === undefined) {
        return Promise.resolve(refused('malformed', 'the report has no status'));
      }
      const status = nodeStatusFromWire(request.status);
      if (!status.ok) return Promise.resolve(refused('malformed', `report: ${status.reason}`));
      given.hub.report(self.value, status.value);
      return Promise.resolve(accepted({}));
    },
  }),
});
