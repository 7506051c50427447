// Docker's engine by its API socket: FRR's container and its image.
import { PassThrough } from 'node:stream';
import Docker from 'dockerode';
import {
  EngineError,
  type CommandResult,
  type Containers,
  type ContainerSpec,
  type Images,
} from './ports.ts';

export const dockerAt = (
  socketPath: string,
): { readonly containers: Containers; readonly images: Images } => {
  const docker = new Docker({ socketPath });
  const guarded = <T>(asking: () => Promise<T>): Promise<T> =>
    asking().catch((fault: unknown) => {
      throw engineErrorFrom(fault, socketPath);
    });
  return {
    containers: {
      find: (name) => guarded(() => unlessAbsent(inspect(docker, name))),
      run: (spec) => guarded(() => run(docker, spec)),
      restartByKill: (name) => guarded(() => restartByKill(docker, name)),
      remove: async (name) => {
        await guarded(() => unlessAbsent(docker.getContainer(name).remove({ force: true })));
      },
      exec: (name, argv, stdin) => guarded(() => exec(docker, name, { argv, stdin })),
    },
    images: {
      find: async (reference) => {
        const image = await guarded(() => unlessAbsent(docker.getImage(reference).inspect()));
        return image?.Id;
      },
      pull: (reference) => pull(docker, reference, socketPath),
    },
  };
};

type State = NonNullable<Awaited<ReturnType<Containers['find']>>>;

const inspect = async (docker: Docker, name: string): Promise<State> => {
  const found = await docker.getContainer(name).inspect();
  return {
    id: found.Id,
    running: found.State.Running,
    imageId: found.Image,
    labels: found.Config.Labels,
  };
};

const run = async (docker: Docker, spec: ContainerSpec): Promise<void> => {
  const container = await docker.createContainer({
    name: spec.name,
    Image: spec.image,
    Labels: { ...spec.labels },
    StopSignal: spec.stopSignal,
    HostConfig: {
      NetworkMode: 'host',
      RestartPolicy: { Name: 'unless-stopped' },
      Privileged: false,
      CapDrop: ['ALL'],
      CapAdd: [...spec.capabilities],
      Mounts: Object.entries(spec.mounts).map(([Source, Target]) => ({
        Type: 'bind' as const,
        Source,
        Target,
      })),
      // FRR logs to the console, and a disk is finite.
      LogConfig: { Type: 'json-file', Config: { 'max-size': '5m', 'max-file': '2' } },
    },
  });
  await container.start();
};

const restartByKill = async (docker: Docker, name: string): Promise<void> => {
  const container = docker.getContainer(name);
  if ((await container.inspect()).State.Running) {
    await container.kill({ signal: 'SIGKILL' });
    await container.wait();
  }
  await container.start();
};

const exec = async (
  docker: Docker,
  name: string,
  given: { readonly argv: readonly string[]; readonly stdin: string | undefined },
): Promise<CommandResult> => {
  const withInput = given.stdin !== undefined;
  const execution = await docker.getContainer(name).exec({
    Cmd: [...given.argv],
    AttachStdin: withInput,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await execution.start({ hijack: withInput, stdin: withInput });
  const out = collector();
  const err = collector();
  docker.modem.demuxStream(stream, out.stream, err.stream);
  const ended = new Promise((resolve, reject) => {
    stream.on('end', resolve).on('close', resolve).on('error', reject);
  });
  if (withInput) stream.end(given.stdin);
  await ended;
  const { ExitCode } = await execution.inspect();
  return { code: ExitCode ?? 1, stdout: out.text(), stderr: err.text() };
};

const collector = (): { readonly stream: PassThrough; readonly text: () => string } => {
  const stream = new PassThrough();
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
};

const pull = async (docker: Docker, reference: string, socketPath: string): Promise<void> => {
  try {
    const progress: NodeJS.ReadableStream = await docker.pull(reference);
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(progress, (fault: Error | null) => {
        if (fault === null) resolve();
        else reject(fault);
      });
    });
  } catch (fault) {
    const known = engineErrorFrom(fault, socketPath);
    if (known.code === 'no-engine') throw known;
    throw new EngineError(
      'no-image',
      `the image ${reference} is not on this host and could not be pulled: ${messageOf(fault)}`,
      { remedy: imageRemedy, cause: fault },
    );
  }
};

const imageRemedy =
  'load it (docker load -i FILE), name another with -frrimage, or make one from Debian packages with ' +
  'packaging/frr-image.sh trixie FILE and use -frrimage meshover/frr-debian:10.3';

const unlessAbsent = async <T>(asking: Promise<T>): Promise<T | undefined> => {
  try {
    return await asking;
  } catch (fault) {
    if (statusOf(fault) === 404) return undefined;
    throw fault;
  }
};

const engineErrorFrom = (fault: unknown, socketPath: string): EngineError => {
  if (fault instanceof EngineError) return fault;
  const code = fault instanceof Error && 'code' in fault ? String(fault.code) : '';
  if (['ENOENT', 'ECONNREFUSED', 'EACCES', 'ECONNRESET', 'ENOTSOCK'].includes(code)) {
    return new EngineError('no-engine', `Docker does not answer at ${socketPath} (${code})`, {
      remedy:
        'install and start it (apt-get install docker.io; systemctl start docker), name its socket with ' +
        '-docker, or run without FRR: -frr none',
      cause: fault,
    });
  }
  return new EngineError('refused', `Docker refused: ${messageOf(fault)}`, {
    remedy: 'see `docker logs meshover-frr` and the log of Docker itself (journalctl -u docker)',
    cause: fault,
  });
};

/** dockerode puts the HTTP status into its errors. */
const statusOf = (fault: unknown): number | undefined =>
  fault instanceof Error && 'statusCode' in fault ? Number(fault.statusCode) : undefined;

const messageOf = (fault: unknown): string =>
  fault instanceof Error ? fault.message : String(fault);
