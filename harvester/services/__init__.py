"""What the command line, the web and the scheduler call: sequences of steps over the floors below."""
