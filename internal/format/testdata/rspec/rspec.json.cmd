rspec 3.12.0: rspec --format json price_spec.rb
