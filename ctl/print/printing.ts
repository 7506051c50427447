// How a list is printed.
import type { Output } from '../command.ts';

export interface Printing {
  readonly output: Output;
  /** Unix time. */
  readonly nowSeconds: number;
}
