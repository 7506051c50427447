// Development entry: node ctl/cli.ts.
import { runCtl } from './main.ts';

process.exitCode = await runCtl(process.argv.slice(2));
