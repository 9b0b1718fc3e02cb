copilot -p "Make the tests pass.", version 1.0.102, COPILOT_PROVIDER_BASE_URL set, against a model on 127.0.0.1 that answers from a script; system messages are left out, folders are renamed
