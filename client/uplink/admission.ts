// Asks to be a node of the mesh, waits for the approval, and signs the word that peers go by.
import type { Endpoint } from '../../shared/address/endpoint.ts';
import type { JoinRequest } from '../../shared/mesh/join-request.ts';
import type { MembershipCertificate, Signed } from '../../shared/mesh/trust.ts';
import type { Refusal } from '../../shared/outcome/refusal.ts';
import { pairFingerprint } from '../../shared/trust/fingerprint.ts';
import type { ControllerPin } from '../identity/controller-pin.ts';
import { checkMembership, keepMembership } from '../identity/membership.ts';
import { keepStatement, readStatement, statementFor } from '../identity/statement.ts';
import { pendingDelayMs } from './back-off.ts';
import { failureText, type CallFailure } from './failure.ts';
import type { Ending, UplinkGiven } from './given.ts';
import type { Joined } from './joined.ts';
import { pinController, type Met } from './meet.ts';
import { vouchedBy } from './token.ts';

export type AdmittedAnswer = Extract<Joined, { membership: 'admitted' }>;

export interface Admission {
  readonly answer: AdmittedAnswer;
  /** What this node is given, as the register signed it. */
  readonly place: MembershipCertificate;
  readonly pin: ControllerPin;
}

export interface Seeking {
  readonly given: UplinkGiven;
  readonly met: Met;
  /** Where the node is reached now. */
  readonly endpoints: () => readonly Endpoint[];
  /** Rests; false when the node is to stop. */
  readonly pause: (delayMs: number) => Promise<boolean>;
  /** The node waits for an operator. */
  readonly onPending: (reason: string, fingerprint: string) => void;
  /** Why the identity key follows another one. */
  readonly succession?: Signed;
}

export const seekAdmission = async (seeking: Seeking): Promise<Admission | Ending> => {
  const answer = await askUntilAnswered(seeking);
  if ('kind' in answer) return answer;
  const { given, met } = seeking;
  const { registerId, registerKey } = met.controller;
  const { identityKey } = given.identity;
  const member = { registerId, registerKey, name: given.config.hostname, identityKey };
  const place = checkMembership(answer.certificate, member);
  if (!place.ok || answer.certificate === undefined) {
    return { kind: 'refused', reason: `${met.address}: ${place.ok ? '' : place.reason}` };
  }
  await keepMembership(given.files, given.config.stateDir, answer.certificate);
  const operatorKeys = vouchedBy(given.config.token, answer.settings.operatorKeys);
  const pin = await pinController(given, met, operatorKeys);
  const unheard = await speak(seeking, { answer, place: place.value });
  return unheard ?? { answer, place: place.value, pin };
};

/** What this node says of itself; the token only where it is needed. */
export const joinRequestFor = (
  { config, identity }: Pick<UplinkGiven, 'config' | 'identity'>,
  endpoints: readonly Endpoint[],
  more: Partial<JoinRequest> = {},
): JoinRequest => ({
  name: config.hostname,
  wireguardKey: identity.wireguardKey.public,
  identityKey: identity.identityKey,
  endpoints,
  gathering: config.gathering,
  advertise: config.advertise,
  linkDriver: config.linkDriver,
  token: '',
  signedStatement: undefined,
  succession: undefined,
  ...more,
});

export const endingFor = (failure: CallFailure): Ending =>
  failure.kind === 'refused'
    ? { kind: refusedKind(failure.refusal), reason: failureText(failure) }
    : { kind: failure.kind === 'untrusted' ? 'refused' : 'unreachable', reason: failure.reason };

/** What an operator decided is not asked again every few seconds. */
const refusedKind = ({ code }: Refusal): Ending['kind'] => {
  if (code === 'overloaded') return 'unreachable';
  return code === 'removed' || code === 'rejected' || code.startsWith('token-')
    ? 'turned-away'
    : 'refused';
};

const askUntilAnswered = async (seeking: Seeking): Promise<AdmittedAnswer | Ending> => {
  const { given, met, endpoints, succession } = seeking;
  const token = given.config.token?.reveal() ?? '';
  for (let asked = 1; ; asked++) {
    const announced = endpoints();
    const request = joinRequestFor(given, announced, { token, succession });
    const joined = await met.session.join(request, false);
    if (!joined.ok) return endingFor(joined);
    if (joined.value.membership === 'admitted') return joined.value;
    await pinController(given, met);
    tellPending(seeking);
    const goesOn = await seeking.pause(pendingDelayMs(asked, given.random()));
    if (!goesOn) return { kind: 'unreachable', reason: 'stopping' };
  }
};

const tellPending = ({ given, met, onPending }: Seeking): void => {
  const { config, identity } = given;
  const fingerprint = pairFingerprint(met.controller.registerKey, identity.identityKey);
  onPending(
    `this node waits until an operator approves it: meshoverctl approve ${config.hostname} ` +
      `(the fingerprint that meshoverctl shows must be ${fingerprint})`,
    fingerprint,
  );
};

/** Peers configure themselves from the node's own word; an ending when the controller does not take it. */
const speak = async (
  { given, met, endpoints, succession }: Seeking,
  { answer, place }: { readonly answer: AdmittedAnswer; readonly place: MembershipCertificate },
): Promise<Ending | undefined> => {
  const { files, config, identity } = given;
  const kept = await readStatement(files, config.stateDir);
  const held = answer.self.signedStatement;
  const signed = statementFor(
    { identity, registerId: place.registerId, name: place.name, place, nowMs: met.nowMs() },
    [kept, held],
  );
  if (signed !== kept) await keepStatement(files, config.stateDir, signed);
  if (signed === held) return undefined;
  const more = { signedStatement: signed, succession };
  const request = joinRequestFor(given, endpoints(), more);
  const joined = await met.session.join(request, false);
  return joined.ok ? undefined : endingFor(joined);
};
