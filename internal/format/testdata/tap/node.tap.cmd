node v20.20.2: node --test --test-reporter=tap price.node.mjs
