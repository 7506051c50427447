// Whether somebody accepts connections at an address or socket.
import { connect, type NetConnectOpts } from 'node:net';

export const answersAt = (where: NetConnectOpts): Promise<boolean> =>
  new Promise((resolve) => {
    const asking = connect(where, () => {
      asking.end();
      resolve(true);
    });
    asking.once('error', () => {
      resolve(false);
    });
  });
