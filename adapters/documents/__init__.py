"""Documents (公文、台账) made from the record: Word, PDF and spreadsheets, the same bytes for the same content."""
