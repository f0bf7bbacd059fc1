"""The lake: a shared folder of immutable files that any number of data folders write their events to, and journey
blocks of all of them. See docs/adr/0021."""
