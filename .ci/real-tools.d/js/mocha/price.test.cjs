const assert = require('node:assert');

describe('price', () => {
  it('adds', () => { assert.strictEqual(1 + 1, 2); });
  it('breaks', () => { assert.strictEqual(1 + 1, 3); });
  it('crashes', () => { throw new Error('no database'); });
  it.skip('later', () => {});
  it('to be written');
  for (const n of [1, 2]) it(`times ${n}`, () => { assert.strictEqual(n, 1); });
});

let runs = 0;
describe('retried', function () {
  this.retries(1);
  it('flaps', () => { runs += 1; assert.strictEqual(runs, 2); });
});

describe('behind a hook', () => {
  before(() => { throw new Error('setup failed'); });
  it('never runs', () => {});
});
