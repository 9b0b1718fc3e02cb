cn --auto -p "Make the tests pass.", version 1.5.47, against a model on 127.0.0.1 that answers from a script; folders are renamed; the session that it keeps
