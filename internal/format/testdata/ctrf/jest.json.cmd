jest 29.7.0, jest-ctrf-json-reporter 0.0.11: jest --reporters=jest-ctrf-json-reporter
