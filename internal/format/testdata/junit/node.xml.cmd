node v20.20.2: node --test --test-reporter=junit price.node.mjs
