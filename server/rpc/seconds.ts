// Times on the wire of the operators' service.

export const seconds = (ms: number): bigint => BigInt(Math.floor(ms / 1000));
