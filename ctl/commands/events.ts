// The audit log: events.
import { allParsed, malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import { commandFrom, outputFlag, outputFrom } from '../command.ts';
import { printEvent } from '../print/event.ts';

export const events = commandFrom({
  words: 'events',
  summary: 'every change that was made: who, what, before and after',
  flags: {
    follow: { help: 'stay, and print each new one', kind: 'switch' },
    last: { help: 'only so many of the newest; 0 = all', default: '0', placeholder: 'N' },
    ...outputFlag,
  },
  read: ({ values }) => {
    const given = allParsed({ output: outputFrom(values.o), last: parseCount(values.last) });
    if (!given.ok) return given;
    const { output, last } = given.value;
    return parsed(async (desk) => {
      const controller = await desk.controller();
      const request = { after: 0n, follow: values.follow, last };
      for await (const event of controller.events(request, desk.stop)) {
        desk.out(printEvent(event, output));
      }
    });
  },
});

const parseCount = (text: string): Parsed<number> =>
  /^\d{1,9}$/.test(text) ? parsed(Number(text)) : malformed(`-last "${text}" is no number`);
