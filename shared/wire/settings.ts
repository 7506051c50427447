// Network settings on the wire.
import type { NetworkSettings as WireSettings } from '../../proto/gen/meshover/v1/mesh.ts';
import { parsePrefix } from '../address/prefix.ts';
import type { NetworkSettings } from '../mesh/view.ts';
import { allParsed, malformed, parseAll, type Parsed } from '../outcome/parsed.ts';
import { keyToWire, operatorKeyFromWire } from './key.ts';

export const settingsToWire = (settings: NetworkSettings): WireSettings => ({
  tunnelPools: [...settings.tunnelPools],
  nodePools: [...settings.nodePools],
  operatorKeys: settings.operatorKeys.map(keyToWire),
});

export const settingsFromWire = (wire: WireSettings | undefined): Parsed<NetworkSettings> =>
  wire === undefined
    ? malformed('the network settings are missing')
    : allParsed<NetworkSettings>(
        {
          tunnelPools: parseAll(wire.tunnelPools, parsePrefix),
          nodePools: parseAll(wire.nodePools, parsePrefix),
          operatorKeys: parseAll(wire.operatorKeys, operatorKeyFromWire),
        },
        'network settings',
      );
