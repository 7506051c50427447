// HTTP/2 frames by hand, good and bad: what a library would never send.

export const frameTypes = {
  ...{ data: 0, headers: 1, priority: 2, reset: 3, settings: 4, push: 5 },
  ...{ ping: 6, goaway: 7, window: 8, continuation: 9 },
} as const;

const flags = { endHeaders: 4 } as const;

export interface Frame {
  readonly type: number;
  readonly flags?: number;
  readonly stream?: number;
  readonly payload?: Buffer;
}

export const frame = ({
  type,
  flags = 0,
  stream = 0,
  payload = Buffer.alloc(0),
}: Frame): Buffer => {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
};

export const preface = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  frame({ type: frameTypes.settings }),
]);

/** Literal fields, never indexed; lengths below 127 in one byte, others in the long form. */
export const headerBlock = (fields: Readonly<Record<string, string>>): Buffer =>
  Buffer.concat(
    Object.entries(fields).map(([name, value]) =>
      Buffer.concat([
        Buffer.from([0]),
        lengthOf(name),
        Buffer.from(name),
        lengthOf(value),
        Buffer.from(value),
      ]),
    ),
  );

const lengthOf = (text: string): Buffer => {
  const bytes: number[] = [];
  let rest = Buffer.byteLength(text);
  if (rest < 127) return Buffer.from([rest]);
  rest -= 127;
  bytes.push(127);
  for (; rest >= 128; rest >>= 7) bytes.push((rest & 127) | 128);
  bytes.push(rest);
  return Buffer.from(bytes);
};

export const callHeaders = (
  path: string,
  more: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> => ({
  ...{ ':method': 'POST', ':scheme': 'https', ':authority': 'x', ':path': path },
  ...{ 'content-type': 'application/grpc', te: 'trailers' },
  ...more,
});

/** Opens a call and leaves its body for later. */
export const openCall = (
  stream: number,
  path: string,
  more?: Readonly<Record<string, string>>,
): Buffer =>
  frame({
    ...{ type: frameTypes.headers, flags: flags.endHeaders, stream },
    payload: headerBlock(callHeaders(path, more)),
  });

export const reset = (stream: number): Buffer =>
  frame({ type: frameTypes.reset, stream, payload: Buffer.from([0, 0, 0, 8]) });

export const ping = frame({ type: frameTypes.ping, payload: Buffer.alloc(8) });

export const settings = (count: number): Buffer => {
  const payload = Buffer.alloc(6 * count);
  for (let i = 0; i < count; i++) payload.writeUIntBE(4, 6 * i, 2);
  return frame({ type: frameTypes.settings, payload });
};

/** A gRPC message whose head says `length`, with as much of it as is given. */
export const dataFrame = (stream: number, payload: Buffer): Buffer =>
  frame({ type: frameTypes.data, stream, payload });
