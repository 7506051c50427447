// Makes dist/: one single-executable that carries its Node, the links to it, and conf/.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { inject } from 'postject';

const root = join(import.meta.dirname, '..');
const work = join(root, '.cache', 'build');
const dist = join(root, 'dist');
/** Made here and then moved, so that dist/ is never half made. */
const draft = join(work, 'dist');
/** Where Node looks for an embedded application (Node.js documentation, "Single executable applications"). */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/**
 * dockerode can reach Docker over ssh, by a native module, and build images by gRPC with loaded .proto files;
 * grpc-js has channelz. The agent asks none of this, and pays for none of it in memory.
 */
const neverCalled = join(root, 'packaging', 'never-called.cjs');
const absent = ['ssh2', 'cpu-features', '@grpc/proto-loader'];

const common: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  // The text stays in memory; functions keep their names (keepNames), for stack traces.
  minify: true,
  keepNames: true,
  legalComments: 'none',
  logLevel: 'warning',
  alias: Object.fromEntries(absent.map((name) => [name, neverCalled])),
  banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(process.execPath).href;' },
  define: { 'import.meta.url': 'importMetaUrl', 'import.meta.dirname': 'undefined' },
};

const bundle = async (entry: string, name: string): Promise<void> => {
  await build({ ...common, entryPoints: [join(root, entry)], outfile: join(work, name) });
};

const writeBlob = (): void => {
  const config = {
    main: join(work, 'meshover.cjs'),
    output: join(work, 'meshover.blob'),
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    assets: { 'sqlite-worker.js': join(work, 'sqlite-worker.cjs') },
  };
  writeFileSync(join(work, 'sea.json'), JSON.stringify(config));
  execFileSync(process.execPath, ['--experimental-sea-config', join(work, 'sea.json')], {
    stdio: 'pipe',
  });
};

/** postject warns of nine section names of Node's that it does not need; nobody can do anything about them. */
const withoutEmptyWords = async (act: () => Promise<void>): Promise<void> => {
  const { warn } = console;
  console.warn = (...words: readonly unknown[]) => {
    if (!String(words[0]).includes("Can't find string offset for section name")) warn(...words);
  };
  try {
    await act();
  } finally {
    console.warn = warn;
  }
};

const writeExecutable = async (): Promise<void> => {
  const program = join(draft, 'meshover');
  copyFileSync(process.execPath, program);
  chmodSync(program, 0o755);
  const blob = readFileSync(join(work, 'meshover.blob'));
  await withoutEmptyWords(() => inject(program, 'NODE_SEA_BLOB', blob, { sentinelFuse: fuse }));
  for (const name of ['server', 'client', 'meshoverctl'])
    symlinkSync('meshover', join(draft, name));
};

mkdirSync(work, { recursive: true });
await bundle('packaging/meshover.ts', 'meshover.cjs');
await bundle('server/store/sqlite-worker.ts', 'sqlite-worker.cjs');
writeBlob();
rmSync(draft, { recursive: true, force: true });
mkdirSync(draft);
await writeExecutable();
cpSync(join(root, 'conf'), join(draft, 'conf'), { recursive: true });
rmSync(dist, { recursive: true, force: true });
renameSync(draft, dist);
