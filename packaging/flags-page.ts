// The page of flags, made from the programs' own -help.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** meshoverctl's -help is an overview. */
const helpOf = (program: string): string =>
  execFileSync(
    process.execPath,
    ['packaging/meshover.ts', program, ...(program === 'meshoverctl' ? ['help'] : ['-help'])],
    {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );

const section = (program: string): string => `## ${program}\n\n\`\`\`\n${helpOf(program)}\`\`\`\n`;

/** Markdown; a test compares docs/flags.md with it, `npm run flags-doc` writes it. */
export const flagsPage = (): string =>
  [
    '# Flags\n\nWritten by `npm run flags-doc` from what the programs say themselves.\n',
    ...['server', 'client', 'meshoverctl'].map(section),
  ].join('\n');
