// The service by which nodes tell of their own state.
import {
  StatusService,
  type ReportRequest,
  type StatusServer,
} from '../../proto/gen/meshover/v1/status.ts';
import { parseHostname } from '../../shared/address/hostname.ts';
import { accepted, refused } from '../../shared/outcome/refusal.ts';
import { nodeStatusFromWire } from '../../shared/wire/node-status.ts';
import { answer } from './answer.ts';
import type { RpcGiven } from './given.ts';

export const statusServer = (given: RpcGiven): StatusServer => ({
  report: answer(given, {
    method: StatusService.report.path,
    from: ({ name }: ReportRequest) => ({ name }),
    handle: (request) => {
      const name = parseHostname(request.name);
      if (!name.ok) return refused('malformed', name.reason);
      if (request.status === undefined) return refused('malformed', 'the report has no status');
      const status = nodeStatusFromWire(request.status);
      if (!status.ok) return refused('malformed', `report: ${status.reason}`);
      given.hub.report(name.value, status.value);
      return accepted({});
    },
  }),
});
