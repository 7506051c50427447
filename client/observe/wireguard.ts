// Reads WireGuard's device and peers; the private key is dropped while parsing.
import { parseEndpoint } from '../../shared/address/endpoint.ts';
import { parseWireGuardKey } from '../../shared/address/key.ts';
import { parsePrefix } from '../../shared/address/prefix.ts';
import { wireguardInterface } from '../desired/names.ts';
import type { Commands } from '../host/ports.ts';
import { ObserveError } from './ip.ts';
import type { ObservedLink, ObservedPeer, ObservedWireGuard } from './observed.ts';

export const readWireGuard = async (
  commands: Commands,
  links: readonly ObservedLink[],
  nowSeconds: number,
): Promise<ObservedWireGuard | undefined> => {
  const link = links.find(({ name }) => name === wireguardInterface);
  if (link?.kind !== 'wireguard' && link?.kind !== 'tun') return undefined;
  const result = await commands.run(['wg', 'show', wireguardInterface, 'dump']);
  if (result.code === 127) {
    throw new ObserveError(`${result.stderr.trim()} (install the package wireguard-tools)`);
  }
  // A tun interface whose wireguard-go does not answer is not WireGuard: it is made anew.
  return result.code === 0 ? wireguardFrom(result.stdout, nowSeconds) : undefined;
};

export const wireguardFrom = (dump: string, nowSeconds: number): ObservedWireGuard => {
  const [device = '', ...peers] = dump.split('\n').filter((line) => line !== '');
  const [, publicKey = '', listenPort, mark] = device.split('\t');
  const key = parseWireGuardKey(publicKey);
  return {
    interface: wireguardInterface,
    publicKey: key.ok ? key.value : undefined,
    listenPort: Number(listenPort),
    fwmark: mark === 'off' ? 0 : Number(mark),
    peers: peers.flatMap((line) => peerFrom(line, nowSeconds)),
  };
};

const peerFrom = (line: string, nowSeconds: number): readonly ObservedPeer[] => {
  const [publicKey = '', , endpoint = '', allowed = '', handshake, rx, tx, keepalive] =
    line.split('\t');
  const key = parseWireGuardKey(publicKey);
  const where = parseEndpoint(endpoint);
  const last = Number(handshake);
  if (!key.ok) return [];
  return [
    {
      publicKey: key.value,
      endpoint: where.ok ? where.value : undefined,
      allowedIps: allowed.split(',').flatMap((text) => {
        const prefix = parsePrefix(text);
        return prefix.ok ? [prefix.value] : [];
      }),
      keepaliveSeconds: keepalive === 'off' ? 0 : Number(keepalive),
      lastHandshakeSeconds: last,
      handshakeAgeSeconds: last === 0 ? undefined : Math.max(0, nowSeconds - last),
      receivedBytes: Number(rx),
      sentBytes: Number(tx),
    },
  ];
};
