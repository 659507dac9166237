"""Upstream services, one module each: a window goes in, sightings come out. All requests go through `http`."""
