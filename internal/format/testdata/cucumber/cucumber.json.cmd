@cucumber/cucumber 12.9.0: cucumber-js --retry 1 --format json
