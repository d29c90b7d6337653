"""Named questions to a published version. A number and its list share one WHERE clause; SQL lives here only."""
