"""The one fixture room: a configuration, working folders, the command line, a mail server and browsers."""
