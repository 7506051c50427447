import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { failureFrom } from '../../../client/uplink/failure.ts';

const errorWith = (code: status, details: string): ServiceError =>
  Object.assign(new Error(details), { code, details, metadata: new Metadata() });

describe('a call that did not succeed', () => {
  it.each([
    [
      errorWith(
        status.UNAVAILABLE,
        'No connection established. Last error: Error: connect ECONNREFUSED ::1:12384. Resolution note: ',
      ),
      'ctl:12384: connect ECONNREFUSED ::1:12384',
    ],
    [errorWith(status.UNAVAILABLE, 'the controller stops'), 'ctl:12384: the controller stops'],
    [errorWith(status.INTERNAL, ''), 'ctl:12384: INTERNAL'],
    [errorWith(status.DEADLINE_EXCEEDED, 'x'), 'ctl:12384: it did not answer in time'],
  ])('%s is told in plain words', (error, reason) => {
    expect(failureFrom(error, 'ctl:12384')).toEqual({ ok: false, kind: 'unreachable', reason });
  });
});
