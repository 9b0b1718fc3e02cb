simplecov 0.22.0, rspec 3.12.0: rspec, the file coverage/.resultset.json
