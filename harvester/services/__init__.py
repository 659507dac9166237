"""One file a job, each a sequence of steps over the rooms below: what command line, web and scheduler call."""
