// The node's keys on disk: made once, read back, and never silently replaced.
import { createPublicKey, verify, sign } from 'node:crypto';
import { decodeJwt, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { hostCommands } from '../../../client/host/commands.ts';
import { identityPath, loadIdentity, readIdentity } from '../../../client/identity/identity.ts';
import type { Identity } from '../../../client/identity/keys.ts';
import { proveNode } from '../../../client/identity/proof.ts';
import { MemoryFiles } from '../../fake/files.ts';

const load = async (files: MemoryFiles): Promise<{ identity: Identity; fresh: boolean }> => {
  const loaded = await loadIdentity(files, '/state');
  if (!loaded.ok) throw new Error(loaded.reason);
  return loaded.value;
};

describe('identity', () => {
  it('is made at the first start and the same at the next', async () => {
    const files = new MemoryFiles();
    const first = await load(files);
    const second = await load(files);
    expect([first.fresh, second.fresh]).toEqual([true, false]);
    expect(second.identity.identityKey).toBe(first.identity.identityKey);
    expect(second.identity.wireguardKey.public).toBe(first.identity.wireguardKey.public);
  });

  it('differs between nodes', async () => {
    const [a, b] = [await load(new MemoryFiles()), await load(new MemoryFiles())];
    expect(a.identity.identityKey).not.toBe(b.identity.identityKey);
    expect(a.identity.wireguardKey.public).not.toBe(b.identity.wireguardKey.public);
  });

  it('is readable by its owner only and shows no secret when printed', async () => {
    const files = new MemoryFiles();
    const { identity } = await load(files);
    const secret = identity.wireguardKey.private.reveal();
    expect(files.stored.get(identityPath('/state'))?.mode).toBe(0o600);
    expect(JSON.stringify(identity)).not.toContain(secret);
    expect(String(identity.wireguardKey.private)).toBe('[secret]');
  });

  it('has a WireGuard key as wg itself would make and derive it', async () => {
    const { identity } = await load(new MemoryFiles());
    const stdin = identity.wireguardKey.private.reveal();
    const raw = Buffer.from(stdin, 'base64');
    expect((raw.readUInt8(0) & 7) === 0 && (raw.readUInt8(31) & 192) === 64).toBe(true);
    const result = await hostCommands.run(['wg', 'pubkey'], { stdin });
    expect(result.stdout.trim()).toBe(identity.wireguardKey.public);
  });

  it('is found damaged, and not replaced, for any changed byte', async () => {
    const files = new MemoryFiles();
    await load(files);
    const path = identityPath('/state');
    const text = files.stored.get(path)?.text ?? '';
    for (let i = 0; i < text.length; i++) {
      const changed = String.fromCharCode(text.charCodeAt(i) ^ 1);
      const damaged = text.slice(0, i) + changed + text.slice(i + 1);
      await files.write(path, damaged, 0o600);
      const loaded = await loadIdentity(files, '/state');
      expect(loaded.ok, `byte ${i}`).toBe(false);
      expect(files.stored.get(path)?.text).toBe(damaged);
    }
  });

  it('is found damaged wherever it is cut, and says what to do', async () => {
    const files = new MemoryFiles();
    await load(files);
    const path = identityPath('/state');
    const text = files.stored.get(path)?.text ?? '';
    for (let length = 0; length < text.length; length++) {
      await files.write(path, text.slice(0, length), 0o600);
      const read = await readIdentity(files, '/state');
      expect(read.ok ? '' : read.reason, `cut at ${length}`).toContain(
        'Restore the file from a backup',
      );
    }
  });

  it('of a newer version is refused as such', async () => {
    const files = new MemoryFiles();
    await load(files);
    const path = identityPath('/state');
    const text = files.stored.get(path)?.text ?? '';
    await files.write(path, text.replace('identity 1 ', 'identity 2 '), 0o600);
    const read = await readIdentity(files, '/state');
    expect(read.ok ? '' : read.reason).toContain('newer version');
  });
});

describe('proof of a node', () => {
  const claims = { name: 'web1', audience: 'join', method: '/a.B/C', nowMs: 1_700_000_000_500 };

  it('is signed by the key that the node shows, and bound to call and time', async () => {
    const { identity } = await load(new MemoryFiles());
    const token = await proveNode(identity, claims);
    const x = Buffer.from(identity.identityKey, 'base64').toString('base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['EdDSA'],
      audience: 'join',
      subject: 'web1',
      currentDate: new Date(claims.nowMs),
    });
    expect(payload['method']).toBe('/a.B/C');
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
  });

  it('is never the same twice', async () => {
    const { identity } = await load(new MemoryFiles());
    const [a, b] = [await proveNode(identity, claims), await proveNode(identity, claims)];
    expect(decodeJwt(a).jti).not.toBe(decodeJwt(b).jti);
  });

  it('signs with the Ed25519 key and not with WireGuard’s', async () => {
    const { identity } = await load(new MemoryFiles());
    const bytes = Buffer.from('text');
    const signature = sign(null, bytes, identity.signingKey);
    expect(verify(null, bytes, createPublicKey(identity.signingKey), signature)).toBe(true);
  });
});
