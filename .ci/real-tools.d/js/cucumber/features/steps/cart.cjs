const { Given, When, Then } = require('@cucumber/cucumber');
const assert = require('node:assert');
let runs = 0;
Given('a cart', function () { this.sum = 0; });
When('I add {int} and {int}', function (a, b) { this.sum = a + b; });
Then('the sum is {int}', function (sum) { assert.strictEqual(this.sum, sum); });
When('the till is not ready', () => 'pending');
When('it works the second time', () => { runs += 1; assert.strictEqual(runs, 2); });
