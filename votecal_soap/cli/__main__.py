"""`python -m votecal_soap.cli`: the command line where no script is installed."""

from votecal_soap.cli import main

if __name__ == "__main__":
    main()
