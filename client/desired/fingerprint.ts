// A short name of a text: equal texts, equal names.
import { createHash } from 'node:crypto';

export const fingerprint = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 32);
