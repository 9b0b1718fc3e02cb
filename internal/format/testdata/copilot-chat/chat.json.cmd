Written by hand in the form that VS Code keeps in workspaceStorage/*/chatSessions; the outputs in it are those of go 1.26.
