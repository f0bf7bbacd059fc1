"""E-mail: messages made from templates, sent one by one, none lost when a server is down."""
