// Texts on disk that know when they are damaged: one header line with kind, version and checksum.
import { createHash } from 'node:crypto';
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';

const version = 1;
const header = /^meshover-([a-z-]+) (\d{1,9}) ([0-9a-f]{64})$/;

/** `kind` is lower-case words joined by hyphens. */
export const sealedText = (kind: string, body: string): string =>
  `meshover-${kind} ${version} ${checksum(body)}\n${body}`;

/** The body of a sealed text; any changed or missing byte is found. */
export const unsealedText = (kind: string, text: string): Parsed<string> => {
  const end = text.indexOf('\n');
  const [, writtenKind, writtenVersion, sum] = header.exec(text.slice(0, Math.max(end, 0))) ?? [];
  if (writtenKind !== kind) return malformed('its first line is damaged');
  if (Number(writtenVersion) > version) {
    return malformed(
      `it was written by a newer version of meshover (format ${writtenVersion ?? ''})`,
    );
  }
  const body = text.slice(end + 1);
  return sum === checksum(body) && writtenVersion === String(version)
    ? parsed(body)
    : malformed('its checksum does not fit: it was damaged, cut short or edited');
};

const checksum = (body: string): string => createHash('sha256').update(body, 'utf8').digest('hex');
