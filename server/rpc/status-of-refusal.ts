// Refusals as gRPC statuses: one table.
import { Metadata, status, type StatusObject } from '@grpc/grpc-js';
import type { Refusal, RefusalCode } from '../../shared/outcome/refusal.ts';
import { refusalMetadataKey, refusalToWire } from '../../shared/wire/refusal.ts';

const statuses: Readonly<Record<RefusalCode, status>> = {
  malformed: status.INVALID_ARGUMENT,
  'name-taken': status.ALREADY_EXISTS,
  'key-taken': status.ALREADY_EXISTS,
  'pool-exhausted': status.RESOURCE_EXHAUSTED,
  'unknown-node': status.NOT_FOUND,
  unauthenticated: status.UNAUTHENTICATED,
  forbidden: status.PERMISSION_DENIED,
  overloaded: status.RESOURCE_EXHAUSTED,
  removed: status.PERMISSION_DENIED,
  rejected: status.PERMISSION_DENIED,
  'token-invalid': status.PERMISSION_DENIED,
  'token-expired': status.PERMISSION_DENIED,
  'token-used': status.PERMISSION_DENIED,
  'token-revoked': status.PERMISSION_DENIED,
  'not-waiting': status.NOT_FOUND,
  'fingerprint-mismatch': status.FAILED_PRECONDITION,
  'succession-needed': status.FAILED_PRECONDITION,
  'unknown-token': status.NOT_FOUND,
  'unknown-administrator': status.NOT_FOUND,
};

export const statusOfRefusal = (refusal: Refusal): StatusObject => {
  const metadata = new Metadata();
  metadata.set(refusalMetadataKey, refusalToWire(refusal));
  return { code: statuses[refusal.code], details: refusal.detail, metadata };
};
