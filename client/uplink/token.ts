// What a join token says of its controller, read before the token is shown to anybody.
import { decodeJwt } from 'jose';
import { parseRegisterKey, type OperatorKey, type RegisterKey } from '../../shared/address/key.ts';
import type { Secret } from '../../shared/log/secret.ts';
import { malformed, type Parsed } from '../../shared/outcome/parsed.ts';
import { operatorFingerprint, registerFingerprint } from '../../shared/trust/fingerprint.ts';
import type { Presented } from './hello.ts';

/** Whose token it is; not verified, which only its controller can do. */
const tokenRegister = (token: Secret): Parsed<RegisterKey> => {
  try {
    const { registerKey } = decodeJwt(token.reveal());
    return parseRegisterKey(String(registerKey));
  } catch {
    return malformed('it is cut short or is none');
  }
};

/** Of the operator keys that the controller names at first contact, those that the token names too. */
export const vouchedBy = (
  token: Secret | undefined,
  keys: readonly OperatorKey[],
): readonly OperatorKey[] => {
  if (token === undefined) return keys;
  const { operators } = decodeJwt(token.reveal());
  return keys.filter(
    (key) => !Array.isArray(operators) || operators.includes(operatorFingerprint(key)),
  );
};

/** Undefined when the token is of the controller that is met. */
export const tokenComplaint = (
  token: Secret,
  { address, presented }: { readonly address: string; readonly presented: Presented },
): string | undefined => {
  const register = tokenRegister(token);
  if (!register.ok) {
    return `the join token cannot be used: ${register.reason}; ask for a new one (meshoverctl token create)`;
  }
  const [wanted, shown] = [register.value, presented.registerKey].map(registerFingerprint);
  return wanted === shown
    ? undefined
    : `the join token is of another controller (fingerprint ${wanted}) than the one at ${address} ` +
        `(${shown}): it was not sent. Somebody stands between, or -controlserver or the token is the wrong one`;
};
