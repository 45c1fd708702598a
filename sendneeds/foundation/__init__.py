"""What every room may use: words, errors, results, the disclosure gate."""
