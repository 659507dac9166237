"""Upstream services, one module each: a window goes in, sightings come out. All of them ask through `http`."""
