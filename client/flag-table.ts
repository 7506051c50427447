// The agent's flags: names, defaults and help.
import type { FlagTable } from '../shared/flags/flags.ts';

export const agentFlags = {
  controlserver: {
    help: 'controllers, tried in order, comma separated; the port is 12384 unless given',
    placeholder: 'HOST[:PORT]',
    default: '',
  },
  hostname: {
    help: "this node's name, which keys its addresses and ASN; empty = the system's host name",
    placeholder: 'NAME',
    default: '',
  },
  statedir: {
    help: "directory of the node's keys, its last view and FRR's files",
    placeholder: 'DIR',
    default: '/var/lib/meshover',
  },
  token: {
    help: 'join token; others may see it in the list of processes: -tokenfile or MESHOVER_TOKEN are better',
    placeholder: 'TOKEN',
    default: '',
  },
  tokenfile: {
    help: 'file that holds the join token',
    placeholder: 'FILE',
    default: '',
  },
  operatorkey: {
    help: "operators' public keys, whose word on a node's new identity key is believed",
    placeholder: 'KEY,…',
    default: '',
  },
  underlay: {
    help: 'interface or address that carries WireGuard; empty = chosen by the agent',
    placeholder: 'IF|ADDRESS',
    default: '',
  },
  endpoint: {
    help: 'where peers reach this node, best first; empty = the underlay address and -port',
    placeholder: 'ADDRESS[:PORT],…',
    default: '',
  },
  port: {
    help: "WireGuard's UDP port; not 51820, which is left to other WireGuard programs on the host",
    placeholder: 'PORT',
    default: '12385',
  },
  gathering: {
    help: 'source ranges sent to this node, each with a preference (lower first, 10 unless given)',
    placeholder: 'PREFIX[@PREFERENCE],…',
    default: '',
  },
  advertise: {
    help: 'prefixes behind this node that it announces',
    placeholder: 'PREFIX,…',
    default: '',
  },
  bgpneighbors: {
    help: 'BGP speakers outside the mesh that the firewall lets in; FRR is told of them in the template',
    placeholder: 'ADDRESS,…',
    default: '',
  },
  frr: { help: 'how FRR runs: docker or none', placeholder: 'BACKEND', default: 'docker' },
  frrimage: {
    help: 'FRR image; fetched when the host does not have it',
    placeholder: 'IMAGE',
    default: 'quay.io/frrouting/frr:10.3.0',
  },
  frrconf: {
    help: 'directory of the FRR templates; empty = conf/ beside the program',
    placeholder: 'DIR',
    default: '',
  },
  rtrport: {
    help: 'port on loopback where FRR asks the agent who may announce what (RTR, RFC 8210)',
    placeholder: 'PORT',
    default: '12386',
  },
  link: {
    help: 'encapsulation of the links: ip6gre, gre or vxlan; a pair uses the later of both ends',
    placeholder: 'DRIVER',
    default: 'ip6gre',
  },
  wireguard: {
    help: 'auto, kernel or userspace (wireguard-go)',
    placeholder: 'WHICH',
    default: 'auto',
  },
  disable: {
    help: 'parts to leave alone: firewall, frr, gathering, links, rpki, sysctl, wireguard',
    placeholder: 'PART,…',
    default: '',
  },
  metrics: {
    help: 'address to serve /metrics at; empty = none',
    placeholder: 'ADDRESS:PORT',
    default: '',
  },
  bfd: {
    help: "BFD's interval in milliseconds and how many may be lost",
    placeholder: 'MSxTIMES',
    default: '200x6',
  },
  docker: {
    help: "Docker's API socket",
    placeholder: 'PATH',
    default: '/var/run/docker.sock',
  },
  loglevel: { help: 'debug, info, warn or error', placeholder: 'LEVEL', default: 'info' },
  logformat: { help: 'text or json', placeholder: 'FORMAT', default: 'text' },
  plan: { help: 'print what would be done, change nothing, exit', kind: 'switch' },
  once: { help: 'bring the host to what it should be, then exit', kind: 'switch' },
  clean: { help: 'remove all that is ours from this host and nothing else, exit', kind: 'switch' },
  repin: {
    help: 'forget which controller this node trusts, or with a name who that peer is, exit',
    placeholder: '[NAME]',
    default: '',
    bare: '-',
  },
  newidentity: {
    help: 'make a new identity key, vouched for by the old one, and tell the controller, exit',
    kind: 'switch',
  },
  version: { help: 'print the version', kind: 'switch' },
  help: { help: 'print this', kind: 'switch' },
} as const satisfies FlagTable;
