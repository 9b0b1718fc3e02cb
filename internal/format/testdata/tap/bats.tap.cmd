bats 1.8.2: bats --tap t.bats
