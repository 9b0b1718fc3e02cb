opencode export SESSION, version 1.18.33, of the run beside it
