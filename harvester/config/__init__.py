"""Settings, one file per section, checked when they are read.

Defaults < ``config.toml`` < ``HARVESTER_<SECTION>__<KEY>`` in the environment.

A source runs if its section is present in ``config.toml`` (or the environment sets one of its keys) and does not say
``enabled = false``. Unknown keys are errors. A secret may be given as ``<key>_file``, the name of a file that holds it.
"""
