"""What every question about journeys is made of: what counts, for whom, kept answers, what pages share."""
