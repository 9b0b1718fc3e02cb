pi -p "Make the tests pass.", version 0.73.1, against a model on 127.0.0.1 that answers from a script; folders are renamed; the session that it keeps
