mocha 10.8.2, mocha-junit-reporter 2.2.1: mocha --reporter mocha-junit-reporter
