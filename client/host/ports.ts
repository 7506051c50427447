// The outside of the agent as small ports; the files beside it implement them, test/fake too.

import type { Clock } from '../../shared/clock/clock.ts';

export interface CommandResult {
  /** Exit status; 124 when the time limit ran out, 127 when the program is missing. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly stdin?: string;
  readonly timeoutMs?: number;
}

/** Programs of the host, always as an argument vector, never through a shell. */
export interface Commands {
  /** Never rejects: a missing program is code 127 with a sentence on stderr. */
  run(argv: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Starts a program that outlives the agent, its output appended to `logPath`. */
  startDetached(argv: readonly string[], logPath: string): Promise<void>;
  /** Calls `onLine` for each line of output until cancelled; `onEnd` if the program ends by itself. */
  follow(argv: readonly string[], onLine: (line: string) => void, onEnd: () => void): () => void;
}

export interface Files {
  /** Undefined when the file does not exist. */
  read(path: string): Promise<string | undefined>;
  /** Temporary name, fsync, rename; directories are made (0700). `mode` such as 0o600. */
  write(path: string, text: string, mode: number): Promise<void>;
  remove(path: string): Promise<void>;
  /** Names in a directory, sorted; empty when it does not exist. */
  list(path: string): Promise<readonly string[]>;
}

/** Kernel parameters below /proc/sys. */
export interface Sysctls {
  read(key: string): Promise<string | undefined>;
  /** Writes without replacing the file. */
  write(key: string, value: string): Promise<void>;
}

/** A process with a listening socket. */
export interface SocketHolder {
  /** Undefined when the process cannot be seen from here. */
  readonly pid: number | undefined;
  readonly program: string;
  /** Mount point → the path within its file system that is mounted there. */
  readonly mounts: ReadonlyMap<string, string>;
}

export interface Sockets {
  /** Those who listen on a TCP port of this network namespace, at any address. */
  listeners(port: number): Promise<readonly SocketHolder[]>;
}

/** What the kernel's rows of observe and apply need of the host. */
export interface KernelHost {
  readonly commands: Commands;
  readonly files: Files;
  readonly sysctls: Sysctls;
  readonly clock: Clock;
  readonly stateDir: string;
}

export interface ContainerState {
  readonly id: string;
  readonly running: boolean;
  /** Image id (sha256:…) that the container was made from. */
  readonly imageId: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Linux capabilities without the CAP_ prefix; all others are dropped. */
  readonly capabilities: readonly string[];
  /** Host directory → path in the container, writable. */
  readonly mounts: Readonly<Record<string, string>>;
  readonly stopSignal: string;
}

/** A container engine (Docker's API). Methods reject with `EngineError`. */
export interface Containers {
  find(name: string): Promise<ContainerState | undefined>;
  /** Creates and starts with host network, restart policy unless-stopped, never privileged. */
  run(spec: ContainerSpec): Promise<void>;
  /** SIGKILL to all processes together, then start again: FRR's restart without loss. */
  restartByKill(name: string): Promise<void>;
  /** SIGKILL and remove; nothing happens when it is not there. */
  remove(name: string): Promise<void>;
  exec(name: string, argv: readonly string[], stdin?: string): Promise<CommandResult>;
}

export interface Images {
  /** Image id, or undefined when the image is not on the host. */
  find(reference: string): Promise<string | undefined>;
  pull(reference: string): Promise<void>;
}

export interface VtyAnswer {
  /** FRR's command status: 0 = done, 1 = done with a warning, others = refused. */
  readonly status: number;
  readonly text: string;
}

/** FRR's daemons, asked directly by the sockets that vtysh uses. */
export interface Vty {
  /** One answer per command, up to the first refused one; undefined when the daemon does not answer. */
  ask(daemon: string, commands: readonly string[]): Promise<readonly VtyAnswer[] | undefined>;
}

/** What the rows of FRR act on. */
export interface FrrHost {
  readonly containers: Containers;
  readonly images: Images;
  readonly files: Files;
  readonly vty: Vty;
  readonly sockets: Sockets;
  readonly clock: Clock;
  readonly stateDir: string;
}

/** The engine could not be reached or refused; `remedy` says what an operator does about it. */
export class EngineError extends Error {
  readonly code: 'no-engine' | 'no-image' | 'refused';
  readonly remedy: string;

  constructor(
    code: EngineError['code'],
    message: string,
    options: { readonly remedy: string; readonly cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.name = 'EngineError';
    this.code = code;
    this.remedy = options.remedy;
  }
}
