npm 11.19.1: npm audit --json, with a registry that has no advisories
