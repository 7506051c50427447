// FRR: its container, its files, what its daemons run, and what was applied last.
import { fingerprint } from '../desired/fingerprint.ts';
import {
  frrConfigDirectory,
  frrContainerName,
  frrDaemons,
  frrSpecLabel,
} from '../desired/frr-container.ts';
import { EngineError, type Files, type FrrHost, type Vty } from '../host/ports.ts';
import { settledText } from '../plan/frr-delta.ts';
import { isObject } from './ip.ts';
import type { ObservedFrr } from './observed.ts';

export const observeFrr = async (host: FrrHost, image: string): Promise<ObservedFrr> => {
  const { files, stateDir } = host;
  const [engine, file, applied] = await Promise.all([
    readEngine(host, image),
    files.read(`${frrConfigDirectory(stateDir)}/frr.conf`),
    readAppliedFrr(files, stateDir),
  ]);
  const up = engine.container?.running === true;
  const running = up ? await readRunning(host.vty) : undefined;
  return {
    ...engine,
    file,
    applied,
    silent: running === undefined ? [] : running.silent,
    running:
      running === undefined || running.silent.length > 0
        ? undefined
        : fingerprint(settledText(running.texts)),
    version: (up ? await readVersion(host.vty) : undefined) ?? applied?.version,
    rpki: (up ? await readRpki(host.vty) : undefined) ?? applied?.rpki,
  };
};

/** Templates as they are in `directory`; a missing one is missed when it is rendered. */
export const readFrrTemplates = async (
  files: Files,
  directory: string,
): Promise<Readonly<Record<string, string>>> => {
  const entries = await Promise.all(
    ['daemons', 'vtysh.conf', 'frr.conf'].map(
      async (name) => [name, await files.read(`${directory}/${name}`)] as const,
    ),
  );
  return Object.fromEntries(
    entries.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  );
};

type Engine = Pick<ObservedFrr, 'container' | 'imageId' | 'fault'>;

const readEngine = async ({ containers, images }: FrrHost, image: string): Promise<Engine> => {
  try {
    const [container, imageId] = await Promise.all([
      containers.find(frrContainerName),
      images.find(image),
    ]);
    return {
      container:
        container === undefined
          ? undefined
          : {
              running: container.running,
              imageId: container.imageId,
              spec: container.labels[frrSpecLabel] ?? '',
            },
      imageId,
      fault: undefined,
    };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return {
      container: undefined,
      imageId: undefined,
      fault: `${error.message}: ${error.remedy}`,
    };
  }
};

/** What each daemon says it runs; `silent` names those that said nothing. */
export const readRunning = async (
  vty: Vty,
): Promise<{ readonly texts: readonly string[]; readonly silent: readonly string[] }> => {
  const answers = await Promise.all(
    frrDaemons.map(async (daemon) => ({
      daemon,
      text: (await vty.ask(daemon, ['enable', 'show running-config']))?.[1]?.text,
    })),
  );
  return {
    texts: answers.flatMap(({ text }) => (text === undefined ? [] : [text])),
    silent: answers.flatMap(({ daemon, text }) => (text === undefined ? [daemon] : [])),
  };
};

const readVersion = async (vty: Vty): Promise<string | undefined> => {
  const answers = await vty.ask('zebra', ['enable', 'show version']);
  return /^FRRouting (\d+(?:\.\d+)*)/.exec(answers?.[1]?.text ?? '')?.[1];
};

/** The image decides it: the module is a package of its own, and the start scripts load it where it is. */
export const readRpki = async (vty: Vty): Promise<boolean | undefined> => {
  const answers = await vty.ask('bgpd', ['enable', 'show modules']);
  const text = answers?.[1]?.text ?? '';
  return text.includes('libfrr') ? /^bgpd_rpki /m.test(text) : undefined;
};

export const appliedFrrPath = (stateDir: string): string => `${stateDir}/frr-applied.json`;

/** What was applied last; outlives the agent, so that a new one adopts what runs. */
export interface AppliedFrr {
  readonly file: string;
  readonly running: string;
  readonly version: string | undefined;
  readonly rpki: boolean | undefined;
}

/** A damaged file only costs the memory: the configuration is then applied once more. */
export const readAppliedFrr = async (
  files: Files,
  stateDir: string,
): Promise<AppliedFrr | undefined> => {
  const text = await files.read(appliedFrrPath(stateDir));
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return undefined;
    const { file, running, version, rpki } = value;
    if (typeof file !== 'string' || typeof running !== 'string') return undefined;
    return {
      file,
      running,
      version: typeof version === 'string' ? version : undefined,
      rpki: typeof rpki === 'boolean' ? rpki : undefined,
    };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};
