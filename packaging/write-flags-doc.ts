// Writes docs/flags.md: what -help of each program says, so that the page cannot drift.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flagsPage } from './flags-page.ts';

writeFileSync(join(import.meta.dirname, '..', 'docs', 'flags.md'), flagsPage());
