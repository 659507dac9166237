"""What the command line, the web and the scheduler call: sequences of steps built on the layers below."""
