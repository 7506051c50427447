// Holds the last accepted view: on disk first, then told on; a burst of views is told once.
import type { Log } from '../../shared/log/log.ts';
import type { View } from '../../shared/mesh/view.ts';
import type { Files } from '../host/ports.ts';
import { savedViewPath, saveView } from '../identity/saved-view.ts';

interface KeeperGiven {
  readonly config: { readonly stateDir: string };
  readonly files: Files;
  readonly log: Log;
  readonly saved: View | undefined;
  readonly onView: (view: View) => void;
}

export class ViewKeeper {
  readonly #given: KeeperGiven;
  #view: View | undefined;
  #told: View | undefined;
  #telling: Promise<void> | undefined;

  constructor(given: KeeperGiven) {
    this.#given = given;
    this.#view = given.saved;
    this.#told = given.saved;
  }

  get view(): View | undefined {
    return this.#view;
  }

  take(view: View): void {
    this.#view = view;
    this.#telling ??= this.#tellAll().finally(() => {
      this.#telling = undefined;
    });
  }

  /** All that was taken is on disk and told. */
  async settled(): Promise<void> {
    await this.#telling;
  }

  async #tellAll(): Promise<void> {
    for (let view = this.#view; view !== undefined && view !== this.#told; view = this.#view) {
      await this.#save(view);
      this.#told = view;
      this.#given.onView(view);
    }
  }

  async #save(view: View): Promise<void> {
    const { files, config, log } = this.#given;
    try {
      await saveView(files, config.stateDir, view);
    } catch (fault) {
      log.error(
        'the view cannot be saved: after a restart this node needs its controller; free space on the disk',
        { path: savedViewPath(config.stateDir), error: String(fault) },
      );
    }
  }
}
