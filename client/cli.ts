// Runs the agent from its sources.
import { runClient } from './main.ts';

process.exitCode = await runClient(process.argv.slice(2));
