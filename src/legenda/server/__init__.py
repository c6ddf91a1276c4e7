"""The HTTP server: wiring, authentication, limits, problems, health; it only translates to and from `jobs`."""
