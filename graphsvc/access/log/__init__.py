"""The log: every act with its author, chained so that no line can be changed unnoticed."""
