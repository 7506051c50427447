// Runs the agent from its sources.
import { liveOnLittle } from './host/live-on-little.ts';

liveOnLittle();
const { runClient } = await import('./main.ts');
process.exitCode = await runClient(process.argv.slice(2));
