"""What each section of the chapter shows: its indicator records, tables and figures."""
