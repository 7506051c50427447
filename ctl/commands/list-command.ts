// A command that asks for a list and prints it.
import { commandFrom, outputFlag, outputFrom, type Command } from '../command.ts';
import type { Controller } from '../connection/connect.ts';
import type { Printing } from '../print/printing.ts';
import { parsed } from '../../shared/outcome/parsed.ts';

export interface ListSpec {
  readonly words: string;
  readonly summary: string;
  readonly print: (controller: Controller, printing: Printing) => Promise<string>;
}

export const listCommand = ({ words, summary, print }: ListSpec): Command =>
  commandFrom({
    ...{ words, summary },
    flags: outputFlag,
    read: ({ values }) => {
      const output = outputFrom(values.o);
      if (!output.ok) return output;
      return parsed(async (desk) => {
        const nowSeconds = Math.floor(desk.nowMs() / 1000);
        desk.out(await print(await desk.controller(), { output: output.value, nowSeconds }));
      });
    },
  });
