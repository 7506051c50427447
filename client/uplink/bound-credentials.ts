// TLS whose every connection shows the same certificate: who stands behind it is proven by Hello, not by authorities.
import { createHash } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { CallCredentials, ChannelCredentials, type experimental } from '@grpc/grpc-js';

/**
 * The first connection says which certificate the channel is bound to. Dates and issuers are not looked at: the
 * register's signature over the certificate's hash is stronger, and a node whose clock is wrong must join too.
 */
export class BoundCredentials extends ChannelCredentials {
  readonly #host: string;
  #certificateHash: string | undefined;

  /** `host` is what the operator named: a name or an address. */
  constructor(host: string) {
    super();
    this.#host = host;
  }

  /** Hexadecimal SHA-256 of the certificate that the server showed; undefined before the first connection. */
  get certificateHash(): string | undefined {
    return this.#certificateHash;
  }

  override _isSecure(): boolean {
    return true;
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(): experimental.SecureConnector {
    const none = CallCredentials.createEmpty();
    return {
      connect: async (socket) => ({ socket: await this.#secure(socket), secure: true }),
      waitForReady: () => Promise.resolve(),
      getCallCredentials: () => none,
      destroy: () => undefined,
    };
  }

  #secure(socket: Socket): Promise<TLSSocket> {
    return new Promise((resolve, reject) => {
      const secured = connect(this.#options(socket));
      secured.on('error', reject);
      secured.once('close', () => {
        reject(new Error('the connection was closed before TLS was agreed on; is the port right?'));
      });
      secured.once('secureConnect', () => {
        const complaint = this.#bind(secured);
        if (complaint === undefined) resolve(secured);
        else {
          secured.destroy();
          reject(new Error(complaint));
        }
      });
    });
  }

  #options(socket: Socket): ConnectionOptions {
    return {
      socket,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['h2'],
      ...(isIP(this.#host) === 0 ? { servername: this.#host } : {}),
    };
  }

  /** A reason when this connection is not to be used. */
  #bind(socket: TLSSocket): string | undefined {
    const { raw } = socket.getPeerCertificate();
    if (socket.alpnProtocol !== 'h2') {
      return 'it answers with TLS, but not as a Meshover controller; is the port right?';
    }
    const hash = createHash('sha256').update(raw).digest('hex');
    this.#certificateHash ??= hash;
    return hash === this.#certificateHash
      ? undefined
      : 'it shows another certificate than before; it is met anew';
  }
}
