// The kernel stories on the fake kernel, then random walks over views and vandalism.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LinkDriver } from '../../../shared/mesh/peer.ts';
import { converge, kernelStories, vandalise, vandalism } from '../../contract/kernel.ts';
import { fakeKernel } from '../../fake/kernel.ts';
import { gathers, nodeFixture, viewFixture } from '../../fake/view.ts';

describe('the kernel stories, one after the other', () => {
  const kernel = fakeKernel();
  for (const { name, run } of kernelStories) {
    it(name, async () => {
      await expect(run(kernel)).resolves.toBeUndefined();
    });
  }
});

const nodeArbitrary = fc.record({
  n: fc.integer({ min: 2, max: 9 }),
  linkDriver: fc.constantFrom<LinkDriver>('ip6gre', 'gre', 'vxlan'),
  gathering: fc.subarray([gathers('192.0.2.0/24'), gathers('2001:db8::/32', 20), gathers('::/0')]),
});

/** A route of another protocol in a table that nobody gathers to is another program's, and stays. */
const curable = vandalism.filter(([, , line]) => !line.endsWith('protocol 4'));

const viewArbitrary = fc
  .uniqueArray(nodeArbitrary, { selector: ({ n }) => n, maxLength: 6 })
  .map((nodes) =>
    viewFixture(
      nodeFixture(1),
      nodes.map(({ n, ...changes }) => nodeFixture(n, changes)),
    ),
  );

describe('random walks', () => {
  it('from any view to any other, the second run has nothing to do and the way does not matter', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(viewArbitrary, { minLength: 1, maxLength: 5 }), async (views) => {
        const walked = fakeKernel();
        for (const view of views) await converge(walked, view);
        const straight = fakeKernel();
        await converge(straight, views.at(-1)!);
        expect(walked.state.print()).toBe(straight.state.print());
      }),
      { numRuns: 60, seed: 20_261_121 },
    );
  });

  it('heals any number of wrongs at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray([...curable]), viewArbitrary, async (wrongs, view) => {
        const kernel = fakeKernel();
        await converge(kernel, view);
        const right = kernel.state.print();
        for (const [, where, line] of wrongs) {
          // What is not there cannot be spoilt: that refusal is the vandal's, not ours.
          await vandalise(kernel, where, line).catch((refusal: unknown) => {
            expect(refusal).toBeInstanceOf(Error);
          });
        }
        await converge(kernel, view);
        expect(kernel.state.print()).toBe(right);
      }),
      { numRuns: 60, seed: 20_261_121 },
    );
  });
});
