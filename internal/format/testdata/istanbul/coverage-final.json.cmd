jest 30.5.2: jest --coverage --coverageReporters=json
