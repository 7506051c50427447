// Templates and model → the text of FRR's files.
import nunjucks from 'nunjucks';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import type { FrrModel } from './frr-model.ts';

/** A configuration is no web page, and an empty value in it is a fault. */
const environment = new nunjucks.Environment(null, {
  autoescape: false,
  throwOnUndefined: true,
  trimBlocks: true,
  lstripBlocks: true,
});

/** `file` is named in the reason, with the line, when the template is wrong. */
export const renderFrrFile = (file: string, template: string, model: FrrModel): Parsed<string> => {
  try {
    return parsed(compiled(file, template).render({ ...model }));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return malformed(reasonFrom(file, error.message));
  }
};

let last: ReadonlyMap<string, { readonly text: string; readonly template: nunjucks.Template }> =
  new Map();

/** Compiling costs twice what rendering for a hundred peers does. */
const compiled = (file: string, text: string): nunjucks.Template => {
  const known = last.get(file);
  if (known?.text === text) return known.template;
  const template = new nunjucks.Template(text, environment, file, true);
  last = new Map([...last, [file, { text, template }]]);
  return template;
};

const reasonFrom = (file: string, message: string): string => {
  const place = /\[Line (\d+)(?:, Column (\d+))?\]/.exec(message);
  const what = message
    .split('\n')
    .map((line) => line.replace(/\[Line \d+(, Column \d+)?\]/, '').trim())
    .filter((line) => line !== '' && line !== `(${file})`)
    .join(' ')
    .replace('attempted to output null or undefined value', 'a variable that does not exist');
  const at = place === null ? file : `${file} line ${place[1] ?? ''}`;
  return `template ${at}: ${what} (conf/README.md lists the variables)`;
};
