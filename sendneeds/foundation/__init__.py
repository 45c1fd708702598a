"""What every room may use: words, errors, results, files and the one function that writes output."""
