jest 30.5.2: jest --json --outputFile=jest.json
