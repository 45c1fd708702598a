"""The other forms of a chapter: a Word document, a workbook, its schema, easy read and what has changed."""
