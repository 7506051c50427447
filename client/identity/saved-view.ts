// The last accepted view on disk, so that a node starts without its controller.
import { join } from 'node:path';
import type { Files } from '../host/ports.ts';
import type { View } from '../../shared/mesh/view.ts';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import { sealedText, unsealedText } from './sealed.ts';

export const savedViewPath = (stateDir: string): string => join(stateDir, 'view');

export const saveView = (files: Files, stateDir: string, view: View): Promise<void> =>
  files.write(savedViewPath(stateDir), savedViewText(view), 0o600);

/** Undefined when there is none; a damaged one is a reason, and the controller is asked again. */
export const readSavedView = async (
  files: Files,
  stateDir: string,
): Promise<Parsed<View | undefined>> => {
  const path = savedViewPath(stateDir);
  const text = await files.read(path);
  if (text === undefined) return parsed(undefined);
  const view = savedViewFrom(text);
  return view.ok
    ? view
    : malformed(
        `the saved view in ${path} cannot be used: ${view.reason}. It is fetched again from the ` +
          'controller; until then nothing of the mesh is changed on this host',
      );
};

export const savedViewText = (view: View): string =>
  sealedText('view', `${JSON.stringify(view, bigintToText)}\n`);

/** The checksum and the version vouch for the shape. */
export const savedViewFrom = (text: string): Parsed<View> => {
  const body = unsealedText('view', text);
  return body.ok ? parsed(JSON.parse(body.value, bigintFromText) as View) : body;
};

const bigintKeys: ReadonlySet<string> = new Set(['epoch', 'number', 'removedAt']);

const bigintToText = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;

const bigintFromText = (key: string, value: unknown): unknown =>
  bigintKeys.has(key) && typeof value === 'string' ? BigInt(value) : value;
