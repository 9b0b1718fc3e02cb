const { price } = require('./price');

if (Math.round(price(100)) !== 119) process.exit(1);
