"""What is handed out: the appraisal bundle and its dictionary."""
