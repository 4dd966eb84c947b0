"""The command line: parse, ask the service, render; standard output carries data only."""
