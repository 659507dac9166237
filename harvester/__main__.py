"""``python -m harvester`` is the console script ``harvester``."""

from harvester.cli import main

if __name__ == "__main__":
    main()
