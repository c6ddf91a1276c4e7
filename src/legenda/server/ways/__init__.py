"""How requests come in: sockets, TLS, the CONNECT proxy, trusted proxies, and what is told while one waits."""
