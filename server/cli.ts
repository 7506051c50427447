// Starts the controller from source.
import { runServer } from './main.ts';

process.exitCode = await runServer(process.argv.slice(2));
