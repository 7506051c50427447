// FRR's part of the agent, composed: Docker, the sockets of its daemons, the templates.
import { frrApplier } from '../apply/frr.ts';
import type { AgentConfig } from '../config.ts';
import { frrRunDirectory } from '../desired/frr-container.ts';
import { dockerAt } from '../host/docker.ts';
import type { FrrHost, KernelHost } from '../host/ports.ts';
import { hostSockets } from '../host/sockets.ts';
import { vtyIn } from '../host/vty.ts';
import { observeFrr, readFrrTemplates } from '../observe/frr.ts';
import { readFrrSessions, type FrrSession } from '../status/frr.ts';
import { OriginWatch, type Refused } from '../status/origin-watch.ts';
import type { Sessions } from '../status/status-for.ts';
import type { FrrPart } from './parts.ts';

/** Undefined where it is switched off. With -frr none it still removes a container of ours. */
export const frrPartFor = (config: AgentConfig, kernel: KernelHost): FrrPart | undefined => {
  if (config.disabled.includes('frr')) return undefined;
  const { files, clock, stateDir } = kernel;
  const vty = vtyIn(frrRunDirectory(stateDir));
  const host: FrrHost = {
    ...dockerAt(config.dockerSocket),
    files,
    clock,
    stateDir,
    vty,
    sockets: hostSockets,
  };
  const origins = new OriginWatch(vty, clock);
  let version = '';
  return {
    side: {
      observe: async () => {
        const observed = await observeFrr(host, config.frrImage);
        version = observed.version ?? '';
        return observed;
      },
      templates: () => readFrrTemplates(files, config.frrConf),
      apply: frrApplier(host),
      flooding: () => origins.flooding(),
    },
    sessions: async () => {
      const sessions = config.frr === 'none' ? [] : await readFrrSessions(vty);
      return sessionsOf(version, sessions, await origins.look(sessions));
    },
    vty,
  };
};

const sessionsOf = (
  frrVersion: string,
  sessions: readonly FrrSession[],
  refused: ReadonlyMap<string, Refused>,
): Sessions => ({
  frrVersion,
  links: new Map(
    sessions.map((session) => {
      const { refusedPrefixes = 0, violations = [] } = refused.get(session.interface) ?? {};
      return [session.interface, { ...session, refusedPrefixes, violations }];
    }),
  ),
});
