jest 29.7.0: jest --coverage --coverageReporters=lcovonly
