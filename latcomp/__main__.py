"""python -m latcomp"""

from latcomp.cli import main

if __name__ == "__main__":
    main()
