"""`python -m graphsvc`: the same as the command `graphsvc`."""

from graphsvc.cli import main

if __name__ == "__main__":
    main()
