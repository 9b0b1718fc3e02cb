gemini --yolo -o stream-json -p "Make the tests pass.", version 0.61.0, against a model on 127.0.0.1 that answers from a script; folders are renamed
