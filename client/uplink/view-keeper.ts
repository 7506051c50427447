// Holds what this node believes: on disk first, then told on; a burst of views is told once.
import type { Log } from '../../shared/log/log.ts';
import type { View } from '../../shared/mesh/view.ts';
import type { Files } from '../host/ports.ts';
import { pinsPath, savePins, type Pins } from '../identity/pins.ts';
import { savedViewPath, saveView } from '../identity/saved-view.ts';

interface KeeperGiven {
  readonly config: { readonly stateDir: string };
  readonly files: Files;
  readonly log: Log;
  readonly saved: View | undefined;
  readonly pins: Pins;
  readonly onView: (view: View) => void;
}

export class ViewKeeper {
  readonly #given: KeeperGiven;
  #view: View | undefined;
  #pins: Pins;
  #told: View | undefined;
  #savedPins: Pins;
  #telling: Promise<void> | undefined;

  constructor(given: KeeperGiven) {
    this.#given = given;
    this.#view = given.saved;
    this.#told = given.saved;
    this.#pins = given.pins;
    this.#savedPins = given.pins;
  }

  get view(): View | undefined {
    return this.#view;
  }

  get pins(): Pins {
    return this.#pins;
  }

  take(view: View, pins: Pins): void {
    this.#view = view;
    this.#pins = pins;
    this.#telling ??= this.#tellAll().finally(() => {
      this.#telling = undefined;
    });
  }

  /** All that was taken is on disk and told. */
  async settled(): Promise<void> {
    await this.#telling;
  }

  async #tellAll(): Promise<void> {
    while (this.#view !== this.#told || this.#pins !== this.#savedPins) {
      const [view, pins] = [this.#view, this.#pins];
      await this.#save(view, pins);
      if (view === this.#told) continue;
      this.#told = view;
      if (view !== undefined) this.#given.onView(view);
    }
  }

  /** What is remembered of the peers is on disk before anything is done that relies on it. */
  async #save(view: View | undefined, pins: Pins): Promise<void> {
    const { files, config } = this.#given;
    if (pins !== this.#savedPins) {
      await this.#try(pinsPath(config.stateDir), () => savePins(files, config.stateDir, pins));
      this.#savedPins = pins;
    }
    if (view === undefined || view === this.#told) return;
    await this.#try(savedViewPath(config.stateDir), () => saveView(files, config.stateDir, view));
  }

  async #try(path: string, save: () => Promise<void>): Promise<void> {
    try {
      await save();
    } catch (fault) {
      this.#given.log.error(
        'what this node knows of the mesh cannot be saved: after a restart it needs its controller, and ' +
          'believes it more than it should; free space on the disk',
        { path, error: String(fault) },
      );
    }
  }
}
