// Waits until agents have nothing left to do: whoever breaks or measures something begins then.
import type { Mesh } from './mesh.ts';
import { waitFor } from './wait-for.ts';

export const settled = async (mesh: Mesh, names: readonly string[]): Promise<void> => {
  for (const name of names)
    await waitFor({ what: `${name} to have nothing to do`, deadlineMs: 90_000 }, async () => {
      const { stdout } = await mesh.callAgent(name, ['-plan']);
      return stdout.includes('nothing to do') ? true : stdout.trim();
    });
};
