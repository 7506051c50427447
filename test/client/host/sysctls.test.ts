// Kernel parameters: read as text, and nothing outside /proc/sys is reached.
import { describe, expect, it } from 'vitest';
import { hostSysctls } from '../../../client/host/sysctls.ts';

describe('sysctls of the host', () => {
  it('are read without their line feed', async () => {
    expect(await hostSysctls.read('kernel/ostype')).toBe('Linux');
  });

  it('are undefined when the kernel has none of that name', async () => {
    expect(await hostSysctls.read('net/ipv6/conf/no-such-interface/forwarding')).toBeUndefined();
  });

  it.each(['../../etc/passwd', '/etc/passwd', 'net/../../../etc/passwd', 'net//ipv4'])(
    'are never %s',
    async (key) => {
      await expect(hostSysctls.read(key)).rejects.toThrow('is not a kernel parameter');
      await expect(hostSysctls.write(key, '1')).rejects.toThrow('is not a kernel parameter');
    },
  );
});
