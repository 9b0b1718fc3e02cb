mocha 10.8.2: mocha --reporter json; a hook fails, one test passes at the second attempt
