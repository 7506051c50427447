// Tells V8 that this process idles: an agent is a guest on somebody else's machine.
import { setFlagsFromString } from 'node:v8';

/**
 * Called before the agent's modules are loaded, and only for the agent: the controller has work that pays for
 * the optimising compilers. Docs: docs/decisions/0009-agent-on-little-memory.md.
 */
export const liveOnLittle = (): void => {
  // The compilers' own code (some 8 MiB of the executable) and their working memory stay untouched.
  setFlagsFromString('--no-opt');
  setFlagsFromString('--no-maglev');
  // The young generation keeps its first size; --max-semi-space-size comes too late for a heap that exists.
  setFlagsFromString('--semi-space-growth-factor=1');
};
