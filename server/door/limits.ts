// How much one caller, and all callers together, may ask of the controller's listener.

/** So many at once; more come back at `perSecond`. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

// A connection is *proven* once a call of a node or an operator was answered on it. A source is an
// IPv4 address or an IPv6 /64, which is what one host commonly has. Loopback is no source: behind a
// local proxy it is everybody.
export interface DoorLimits {
  readonly most: number;
  /** Not a byte came yet; the oldest gives way at once. */
  readonly mostSilent: number;
  /** Not proven yet, each with its TLS; the oldest gives way after `graceMs`. */
  readonly mostSpeaking: number;
  readonly mostPerSource: number;
  readonly mostUnprovenPerSource: number;
  /** New connections of one source. */
  readonly arrivals: Rate;
  readonly graceMs: number;
  /** Nothing is spent on a connection that says nothing. */
  readonly firstByteMs: number;
  /** Covers the TLS handshake, which costs the controller a millisecond of CPU. */
  readonly provenWithinMs: number;
  /** A proven connection with no open call. */
  readonly idleMs: number;
  /** All that an unproven connection may send: a handshake and one join are below 10 KiB. */
  readonly unprovenBytes: number;
  /** What a proven one may send: reports of 5,000 links are 1 MB. */
  readonly provenBytes: Rate;
}

export interface CallLimits {
  /** From the headers to the end of the request. */
  readonly requestMs: number;
  /** Until the transport has taken a message: a reader that does not read is cut. */
  readonly takenMs: number;
  readonly joins: SourceRates;
  readonly calls: SourceRates;
}

export interface SourceRates {
  readonly perSource: Rate;
  readonly together: Rate;
}

export interface Limits {
  readonly door: DoorLimits;
  readonly calls: CallLimits;
}

const door: DoorLimits = {
  most: 20_000,
  mostSilent: 8_192,
  mostSpeaking: 4_096,
  mostPerSource: 1_024,
  mostUnprovenPerSource: 128,
  arrivals: { burst: 256, perSecond: 32 },
  graceMs: 3_000,
  firstByteMs: 5_000,
  provenWithinMs: 20_000,
  idleMs: 30_000,
  unprovenBytes: 128 * 1024,
  provenBytes: { burst: 8 * 1024 * 1024, perSecond: 512 * 1024 },
};

const calls: CallLimits = {
  requestMs: 10_000,
  takenMs: 30_000,
  joins: {
    perSource: { burst: 256, perSecond: 32 },
    together: { burst: 10_000, perSecond: 1_000 },
  },
  calls: {
    perSource: { burst: 2_048, perSecond: 256 },
    together: { burst: 20_000, perSecond: 4_000 },
  },
};

export const usualLimits: Limits = { door, calls };
