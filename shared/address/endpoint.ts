// Where WireGuard packets are sent: an address and a UDP port.
import { malformed, parsed, type Parsed } from '../outcome/parsed.ts';
import { familyOf, parseIp, type Ip } from './ip.ts';

/** `[2001:db8::1]:51820` or `192.0.2.1:51820`, canonical. */
export type Endpoint = string & { readonly __brand: 'Endpoint' };

const shape = /^(?:\[(?<six>[^\]]*)\]|(?<four>[^:]*)):(?<port>\d{1,5})$/;

export const parseEndpoint = (text: string): Parsed<Endpoint> => {
  const groups = shape.exec(text)?.groups;
  const ip = parseIp(groups?.['six'] ?? groups?.['four'] ?? '');
  const port = Number(groups?.['port']);
  const bracketed = groups?.['six'] !== undefined;
  if (!ip.ok || port < 1 || port > 65535 || bracketed !== (familyOf(ip.value) === 6)) {
    return malformed(
      `"${text}" is not an endpoint (write it like [2001:db8::1]:51820 or 192.0.2.1:51820)`,
    );
  }
  return parsed(endpointOf(ip.value, port));
};

/** `port` is 1 to 65535. */
export const endpointOf = (ip: Ip, port: number): Endpoint =>
  (familyOf(ip) === 6 ? `[${ip}]:${String(port)}` : `${ip}:${String(port)}`) as Endpoint;

export const endpointIp = (endpoint: Endpoint): Ip =>
  endpoint.slice(0, endpoint.lastIndexOf(':')).replace(/^\[|\]$/g, '') as Ip;

export const endpointPort = (endpoint: Endpoint): number =>
  Number(endpoint.slice(endpoint.lastIndexOf(':') + 1));
