jest 29.7.0, jest-trx-results-processor: jest --reporters=jest-trx-results-processor
