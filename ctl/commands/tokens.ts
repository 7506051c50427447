// Join tokens: token create, list, revoke.
import { malformed, allParsed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import { commandFrom, type Desk } from '../command.ts';
import { isLoopback, printServerAddress } from '../connection/server-address.ts';
import type { Controller } from '../connection/connect.ts';
import { parseDuration, printDuration } from '../duration.ts';
import { listOf, parsePrefixes } from '../flag-values.ts';
import { printTokens } from '../print/tokens.ts';
import { listCommand } from './list-command.ts';

export const tokenCreate = commandFrom({
  words: 'token create',
  summary: 'make a join token; it is printed once and never kept',
  flags: {
    label: { help: 'what it is for, for people', default: '', placeholder: 'TEXT' },
    uses: { help: 'how many nodes may join with it', default: '1', placeholder: 'N' },
    expires: { help: 'for how long it is good', default: '1h', placeholder: 'TIME' },
    hostname: {
      help: 'hostnames that may use it, with * and ? as in a shell',
      default: '*',
      placeholder: 'PATTERN',
    },
    tags: { help: 'tags of the nodes', default: '', placeholder: 'TAG,...' },
    advertise: {
      help: 'prefixes that the nodes may advertise',
      default: '',
      placeholder: 'CIDR,...',
    },
    gathering: {
      help: 'source ranges that the nodes may gather',
      default: '',
      placeholder: 'CIDR,...',
    },
  },
  read: ({ values }) => {
    const lifetime = parseDuration(values.expires);
    const given = allParsed({
      uses: parseUses(values.uses),
      lifetime: lifetime.ok ? lifetime : malformed(`-expires: ${lifetime.reason}`),
      hostname: parsePattern(values.hostname),
      advertise: parsePrefixes('-advertise', values.advertise),
      gathering: parsePrefixes('-gathering', values.gathering),
    });
    if (!given.ok) return given;
    const { uses, lifetime: seconds, hostname, advertise, gathering } = given.value;
    const request = {
      ...{ label: values.label, uses, lifetimeSeconds: BigInt(seconds), hostnamePattern: hostname },
      ...{ tags: listOf(values.tags), advertise: [...advertise], gathering: [...gathering] },
    };
    return parsed(async (desk) => {
      const controller = await desk.controller();
      const { token, details } = await controller.ask('createToken', request);
      desk.out(`${token}\n`);
      const many = uses === 1 ? 'one node' : `${uses} nodes`;
      desk.err(`good for ${many}, for ${printDuration(seconds)}; its id is ${details?.id ?? ''}\n`);
      desk.err(`on the node: ${joinCommand(desk, controller, token)}\n`);
    });
  },
});

/** A loopback address says nothing to another machine. */
const joinCommand = ({ hostname }: Desk, { address }: Controller, token: string): string => {
  const reached = isLoopback(address) ? { ...address, host: hostname } : address;
  return `sudo ./client -controlserver ${printServerAddress(reached)} -token ${token}`;
};

const parseUses = (text: string): Parsed<number> => {
  const uses = Number(text);
  return /^\d{1,9}$/.test(text) && uses >= 1
    ? parsed(uses)
    : malformed(`-uses "${text}" is no number from 1 on`);
};

const parsePattern = (text: string): Parsed<string> =>
  /^[a-z0-9.*?-]{1,253}$/.test(text)
    ? parsed(text === '*' ? '' : text)
    : malformed(
        `-hostname "${text}" is no pattern of hostnames: write it like web* or db-?.example`,
      );

export const tokenList = listCommand({
  words: 'token list',
  summary: 'join tokens that were made, and who joined with them',
  print: async ({ ask }, printing) => printTokens(await ask('listTokens', {}), printing),
});

export const tokenRevoke = commandFrom({
  words: 'token revoke',
  operand: 'ID',
  summary: 'nobody joins with this token any more; who has joined stays',
  flags: {},
  read: ({ operand: id }) =>
    parsed(async (desk) => {
      const { ask } = await desk.controller();
      await ask('revokeToken', { id });
      desk.out(`token ${id} is revoked\n`);
    }),
});
