import { describe, expect, test } from 'vitest';
import { frrFor, frrModelFor, originComplaints } from '../../../client/desired/frr.ts';
import { linkName } from '../../../client/desired/names.ts';
import { frrInputFor, peerOf, shippedTemplates, type FrrCase } from './frr-case.ts';

const frrConf = (given: FrrCase): string => {
  const configuration = frrFor(frrInputFor(given))?.configuration;
  if (configuration?.ok !== true) throw new Error(configuration?.reason);
  return configuration.files.find(({ name }) => name === 'frr.conf')?.text ?? '';
};

const reasonOf = (frrConfTemplate: string): string => {
  const templates = { ...shippedTemplates, 'frr.conf': frrConfTemplate };
  const configuration = frrFor(frrInputFor({ peers: [peerOf(2)], templates }))?.configuration;
  return configuration?.ok === false ? configuration.reason : 'rendered';
};

const few: FrrCase = {
  self: peerOf(1, ['10.20.0.0/16', '2001:db8:20::/48']),
  peers: [peerOf(2), peerOf(3, ['10.30.0.0/24', '192.0.2.7/32', '2001:db8:30::/48'])],
};

describe('rendered files', () => {
  const golden = (name: string): string => `../../golden/frr/${name}.frr.conf`;

  test.each(['8.4.4', '10.3'])('few peers, FRR %s', async (version) => {
    await expect(frrConf({ ...few, version, rpki: true })).toMatchFileSnapshot(
      golden(`few-${version}`),
    );
  });

  test('few peers, FRR 10.3 without the module rpki', async () => {
    await expect(frrConf({ ...few, version: '10.3' })).toMatchFileSnapshot(golden('few-no-rpki'));
  });

  test('alone', async () => {
    await expect(frrConf({ peers: [], version: '10.3' })).toMatchFileSnapshot(golden('alone'));
  });

  test('many peers', async () => {
    const peers = Array.from({ length: 100 }, (_, index) => peerOf(index + 2));
    await expect(frrConf({ peers, version: '10.3' })).toMatchFileSnapshot(golden('many'));
  });

  test('the order of peers does not matter', () => {
    expect(frrConf({ ...few, peers: [...few.peers].reverse() })).toBe(frrConf(few));
  });

  test('an unknown version is taken for a supported one', () => {
    expect(frrConf(few)).toBe(frrConf({ ...few, version: '8.4.4' }));
  });

  test('FRR 8.3 is not told what it does not know', () => {
    expect(frrConf({ ...few, version: '8.3' })).not.toContain('graceful-restart notification');
  });
});

describe('origin validation', () => {
  const daemons = (given: FrrCase): string => {
    const configuration = frrFor(frrInputFor(given))?.configuration;
    if (configuration?.ok !== true) throw new Error(configuration?.reason);
    return configuration.files.find(({ name }) => name === 'daemons')?.text ?? '';
  };
  const off: FrrCase = { ...few, rpki: true, disabled: ['rpki'] };

  test('is asked at the port of -rtrport', () => {
    const text = frrConf({ ...few, version: '10.3', rpki: true, rtrPort: 4000 });
    expect(text).toContain(' rpki cache tcp 127.0.0.1 4000 preference 1');
  });

  test('switched off, the module is neither loaded nor used', () => {
    expect(frrConf(off)).not.toContain('rpki');
    expect(daemons(off)).not.toContain('rpki');
    expect(daemons(few)).toContain('-M rpki');
  });

  test('who may announce what does not stand in its part of the file', () => {
    const without = (text: string): string => text.replaceAll(/^ip(v6)? prefix-list .*\n/gm, '');
    const peers = [peerOf(2), peerOf(3, ['10.99.0.0/16', '2001:db8:30::/48'])];
    const given = { ...few, rpki: true, version: '10.3' };
    expect(without(frrConf({ ...given, peers }))).toBe(without(frrConf(given)));
  });

  test('an image without the module is told, with the remedy', () => {
    const { config } = frrInputFor(few);
    expect(originComplaints({ frrRpki: false, frrFlooding: [] }, config)).toEqual([
      expect.stringMatching(/lacks the module rpki .* say -disable rpki/),
    ]);
    expect(originComplaints({ frrRpki: undefined, frrFlooding: [] }, config)).toEqual([]);
    expect(originComplaints({ frrRpki: true, frrFlooding: [] }, config)).toEqual([]);
    expect(originComplaints({ frrRpki: false, frrFlooding: [] }, frrInputFor(off).config)).toEqual(
      [],
    );
  });
});

test('a peer that floods is shut, and told', () => {
  const [flooder, other] = [linkName(peerOf(2).name), linkName(peerOf(3).name)];
  const text = frrConf({ ...few, flooding: [flooder] });
  expect(text).toContain(` neighbor ${flooder} shutdown\n`);
  expect(text).not.toContain(` neighbor ${other} shutdown\n`);
  const { config } = frrInputFor(few);
  expect(originComplaints({ frrRpki: true, frrFlooding: [flooder] }, config)).toEqual([
    expect.stringMatching(new RegExp(`^the peer at ${flooder} announces so many prefixes`)),
  ]);
});

describe('what may be announced', () => {
  test('tunnel pools are refused before all else, in and out', () => {
    const { own4, neighbours } = frrModelFor(frrInputFor(few));
    expect(own4[0]).toMatchObject({ action: 'deny', prefix: '10.192.0.0/12', longest: 32 });
    expect(neighbours[0]?.accepted6[0]).toMatchObject({ action: 'deny', seq: 5 });
  });

  test('a host prefix has no longer ones', () => {
    const text = frrConf(few);
    expect(text).toMatch(/permit 192\.0\.2\.7\/32$/m);
    expect(text).toMatch(/permit 10\.30\.0\.0\/24 le 32$/m);
  });

  test('a peer without a link is no neighbour', () => {
    const input = frrInputFor(few);
    expect(frrModelFor({ ...input, links: input.links.slice(0, 1) }).neighbours).toMatchObject([
      { interface: linkName(peerOf(2).name), asn: peerOf(2).asn },
    ]);
  });
});

describe('templates of an operator', () => {
  test('a syntax error names file and line', () => {
    expect(reasonOf('frr defaults datacenter\n{% for x in %}\n')).toMatch(
      /^template frr\.conf line 2: /,
    );
  });

  test('a variable that does not exist names file and line', () => {
    expect(reasonOf('!\n!\nrouter bgp {{ asm }}\n')).toMatch(
      /^template frr\.conf line 3: a variable that does not exist/,
    );
  });

  test('a missing template is named', () => {
    const input = frrInputFor({ peers: [], templates: { 'frr.conf': '' } });
    expect(frrFor(input)?.configuration).toMatchObject({
      ok: false,
      reason: expect.stringContaining('template daemons is missing') as string,
    });
  });

  test('another file cannot be included', () => {
    expect(reasonOf('{% include "/etc/passwd" %}')).toMatch(/^template frr\.conf/);
  });
});

test('FRR is not wanted where it is switched off', () => {
  expect(frrFor(frrInputFor({ peers: [], frr: 'none' }))).toBeUndefined();
});
