// The arrows of the design, each with its reason. `npm run arrows` checks them.
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const pureRooms =
  '^(shared/(?!flags)|server/(register|view)|client/(desired|plan))/|' +
  '^client/rtr/(?!rtr-|revalidation)';

module.exports = {
  forbidden: [
    rule('no-cycles', 'A cycle has no first thing to read.', {}, { circular: true }),
    rule(
      'server-client-apart',
      'They meet only in proto and shared.',
      { path: '^server/' },
      { path: '^(client|ctl)/' },
    ),
    rule(
      'client-server-apart',
      'They meet only in proto and shared.',
      { path: '^client/' },
      { path: '^(server|ctl)/' },
    ),
    rule(
      'ctl-apart',
      'The operator speaks to both over the wire.',
      { path: '^ctl/' },
      { path: '^(server|client)/' },
    ),
    rule(
      'shared-stands-alone',
      'Shared words depend on nobody.',
      { path: '^shared/' },
      { path: '^(server|client|ctl)/' },
    ),
    rule(
      'pure-rooms-no-packages',
      'Pure rooms decide; what reaches outside is an argument.',
      { path: pureRooms, pathNot: '^(client/desired/frr-text\\.ts|shared/wire/)' },
      { dependencyTypes: ['npm', 'npm-dev'] },
    ),
    rule(
      'pure-rooms-no-node',
      'Only isIP and hashes are pure.',
      { path: pureRooms },
      { dependencyTypes: ['core'], pathNot: '^(node:)?(net|crypto)$' },
    ),
    rule(
      'wire-types-stay-home',
      'Generated types are translated once, at the border.',
      {
        path: '^(server|client|ctl|shared)/',
        pathNot: '^(shared/wire|server/rpc|client/uplink|ctl)/',
      },
      { path: '^proto/gen/' },
    ),
    rule(
      'only-host-touches-the-host',
      'Child processes, Docker and files are reached through the ports of client/host.',
      { path: '^client/', pathNot: '^client/(host|main\\.ts)' },
      { path: '^(node:)?(child_process|fs|fs/promises)$|node_modules/dockerode' },
    ),
    rule(
      'rows-do-not-mix',
      'A row of a stage does not know another row.',
      {
        path: '^client/(observe|plan|apply)/(sysctl|link|address|wireguard|rule|route|firewall|frr)s?\\.ts$',
      },
      { path: '^client/$1/(sysctl|link|address|wireguard|rule|route|firewall|frr)s?\\.ts$' },
    ),
    rule(
      'plan-does-not-act',
      'Deciding and doing stay apart.',
      { path: '^client/(desired|plan)/' },
      {
        path: '^client/(apply|observe|host|uplink|reconcile|status)/',
        pathNot: '^client/observe/observed\\.ts$',
      },
    ),
    rule(
      'source-not-test',
      'Source runs without its tests.',
      { path: '^(server|client|ctl|shared|proto)/' },
      { path: '^(test|bench)/' },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'types'],
    },
  },
};
