Written by hand in the form that ~/.gemini/tmp/<hash>/chats/session-*.json has in Gemini CLI; the outputs in it are those of go 1.26.
