opencode run --format json "Make the tests pass.", version 1.18.33, against a model on 127.0.0.1 that answers from a script; folders are renamed
