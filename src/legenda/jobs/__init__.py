"""What the service remembers: jobs, pages, events, deliveries, keys and balances, in one SQL database."""
