const { price } = require('./price');
test('price', () => { expect(price(100)).toBeCloseTo(119); });
