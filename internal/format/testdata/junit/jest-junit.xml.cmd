jest 29.7.0, jest-junit 17.0.0: jest --reporters=jest-junit
