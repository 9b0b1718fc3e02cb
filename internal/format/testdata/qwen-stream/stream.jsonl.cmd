qwen --yolo -o stream-json "Make the tests pass.", version 0.15.10, against a model on 127.0.0.1 that answers from a script; folders are renamed
