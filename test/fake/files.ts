// Files in memory.
import type { Files } from '../../client/host/ports.ts';

export interface StoredFile {
  readonly text: string;
  readonly mode: number;
}

export class MemoryFiles implements Files {
  readonly stored = new Map<string, StoredFile>();

  read(path: string): Promise<string | undefined> {
    return Promise.resolve(this.stored.get(path)?.text);
  }

  write(path: string, text: string, mode: number): Promise<void> {
    this.stored.set(path, { text, mode });
    return Promise.resolve();
  }

  remove(path: string): Promise<void> {
    this.stored.delete(path);
    return Promise.resolve();
  }

  list(path: string): Promise<readonly string[]> {
    const names = [...this.stored.keys()]
      .filter((each) => each.startsWith(`${path}/`))
      .map((each) => each.slice(path.length + 1).split('/')[0] ?? '');
    return Promise.resolve([...new Set(names)].sort());
  }
}
